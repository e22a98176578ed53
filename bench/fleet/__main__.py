"""`python -m bench.fleet model|simulate|measure|page`; see docs/scale.md."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields

from bench.fleet.experiments import EXPERIMENTS
from bench.fleet.inputs import Inputs, options
from bench.fleet.page import PAGE, renewed
from bench.fleet.sizing import table_of_needs

MEASURES = ("rows", "requests", "commits", "upstream", "workers", "sweep")


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    model = commands.add_parser("model", help="what one installation needs at its peak")
    for option, each in options():
        told = f"{each.metadata['what']}, in {each.metadata['unit']} (%(default)s)"
        model.add_argument(option, type=float, default=each.default, help=told)
    simulate = commands.add_parser("simulate", help="lines before GPUs, as tables")
    known = f"of {', '.join(EXPERIMENTS)}; all if none is named"
    simulate.add_argument("names", nargs="*", type=_experiment, metavar="NAME", help=known)
    measure = commands.add_parser("measure", help="inputs of the model, on this machine")
    measure.add_argument("names", nargs="+", choices=MEASURES)
    page = commands.add_parser("page", help="write the tables of docs/scale.md anew")
    page.add_argument("--check", action="store_true", help="only say whether they are the same")
    given = parser.parse_args(arguments)
    match given.command:
        case "model":
            try:
                inputs = Inputs(**{each.name: getattr(given, each.name) for each in fields(Inputs)})
            except ValueError as error:
                model.error(str(error))
            print(table_of_needs({"needed": inputs}))
        case "simulate":
            for name in given.names or EXPERIMENTS:
                print(f"{name}\n\n{EXPERIMENTS[name]()}\n", flush=True)
        case "measure":
            measure_all(given.names)
        case _:
            write_page(is_check=given.check)


def _experiment(name: str) -> str:
    if name not in EXPERIMENTS:
        raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(EXPERIMENTS)}")
    return name


def measure_all(names: list[str]) -> None:
    """Measure those inputs."""
    # It needs what the extra [scale] and the tests need; the model and the simulation do not.
    from bench.fleet import measure  # noqa: PLC0415

    for name in names:
        measure.MEASURES[name]()


def write_page(*, is_check: bool) -> None:
    """Write the page's tables anew, or end with 1 if they are not as the code has them."""
    text = PAGE.read_text(encoding="utf-8")
    new = renewed(text)
    if not is_check:
        PAGE.write_text(new, encoding="utf-8")
    elif new != text:
        sys.exit(f"{PAGE.name} is not what the code says: python -m bench.fleet page")


if __name__ == "__main__":
    main(sys.argv[1:])
