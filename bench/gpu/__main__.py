"""Measure a GPU: the experiments of inference-peers 3.4, plain diffusers beside us (PROMISES F6).

Random weights at real size are made on the spot, so nothing is fetched. Experiments 1 to 3 need
torch and diffusers alone; 4 and 5 need PyAV too, and 4 about 25 GB of disk.

    python -m bench.gpu --out gpu.json          everything, on cuda
    python -m bench.gpu --only 1,2              some of it
    python -m bench.gpu --tiny                  a dry run on the processor, in seconds
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import diffusers
import torch

from bench.gpu import decoding, drawing, reading
from bench.gpu.measuring import Table
from bench.gpu.scales import Scale, real, tiny


def main() -> None:
    """Print a table after each experiment, and write all of them at the end of each."""
    asked = _arguments()
    # That setting an attention backend is an experiment is known: it is one.
    diffusers.utils.logging.set_verbosity_error()
    if not asked.tiny and not torch.cuda.is_available():
        sys.exit("No GPU is here. `--tiny` is a dry run without one.")
    scale = tiny() if asked.tiny else real(asked.device)
    scale = replace(scale, steps=asked.steps or scale.steps)
    facts = _facts(scale)
    print(json.dumps(facts))
    tables: list[Table] = []
    with tempfile.TemporaryDirectory(dir=asked.disk) as folder, torch.no_grad():
        for number in asked.only:
            table = _run(number, scale, Path(folder))
            print(table.as_text(), flush=True)
            tables.append(table)
            if asked.out is not None:
                text = json.dumps(
                    {"machine": facts, "experiments": [each.as_dict() for each in tables]},
                    indent=2,
                )
                asked.out.write_text(text + "\n")


def _run(number: int, scale: Scale, folder: Path) -> Table:
    match number:
        case 1:
            return drawing.run(scale)
        case 2:
            return decoding.run(scale)
        case 3:
            return reading.run(scale)
        case _:
            # These need PyAV, which the others do without.
            module = import_module("bench.gpu.whole" if number == 4 else "bench.gpu.encoding")
            table: Table = module.run(scale, folder)
            return table


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="bench.gpu", description="Measure a GPU.")
    parser.add_argument("--tiny", action="store_true", help="a dry run on the processor")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--only", type=_numbers, default=[1, 2, 3, 4, 5], help="such as 1,2")
    parser.add_argument("--steps", type=int, help="of the whole film, instead of 50")
    parser.add_argument("--out", type=Path, help="where the figures go, as JSON")
    parser.add_argument("--disk", type=Path, help="a folder with room for 25 GB")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    numbers = [int(each) for each in text.split(",")]
    if not set(numbers) <= {1, 2, 3, 4, 5}:
        raise argparse.ArgumentTypeError("experiments are 1 to 5")
    return numbers


def _facts(scale: Scale) -> dict[str, str]:
    is_gpu = scale.device.startswith("cuda")
    return {
        "what": scale.name,
        "device": torch.cuda.get_device_name(scale.device) if is_gpu else platform.processor(),
        **{name: version(name) for name in ("torch", "diffusers", "transformers")},
    }


if __name__ == "__main__":
    main()
