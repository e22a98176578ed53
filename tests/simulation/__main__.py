"""Plays many worlds, or one that is told in full: `python -m tests.simulation SEEDS [--seed N]`."""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.history import History, play, quiet

_BATCH = 250


def main() -> int:
    """Play what the arguments say; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", type=int, nargs="?", default=10_000, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first one")
    parser.add_argument("--seed", type=int, help="play this one alone and tell all of it")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    chosen = parser.parse_args()
    if chosen.seed is not None:
        return _tell(chosen.seed)
    return _play_many(range(chosen.first, chosen.first + chosen.seeds), chosen.processes)


def _tell(seed: int) -> int:
    with quiet():
        history = play(seed)
    sys.stdout.write("\n".join([*history.lines, f"seed {seed}, digest {history.digest}", ""]))
    return 1 if history.breach else 0


def _play_many(seeds: range, processes: int) -> int:
    began_s, done = time.monotonic(), 0
    digest = hashlib.sha256()
    batches = [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]
    with ProcessPoolExecutor(max_workers=processes) as pool:
        for batch, (of_batch, breach) in zip(batches, pool.map(_play, batches), strict=True):
            if breach is not None:
                pool.shutdown(cancel_futures=True)
                return _report(breach)
            digest.update(of_batch.encode())
            done += len(batch)
    took_s = time.monotonic() - began_s
    sys.stdout.write(
        f"{done} worlds, no promise broken, {done / took_s:.0f} a second; "
        f"digest of all {digest.hexdigest()[:16]}\n"
    )
    return 0


def _play(seeds: range) -> tuple[str, History | None]:
    """The digest of some histories, and the first of them that broke a promise."""
    digest = hashlib.sha256()
    # Coroutines that were killed lie in cycles: to look for them all the time costs a fifth.
    gc.disable()
    with quiet():
        for history in _histories(seeds):
            if history.breach is not None:
                return "", history
            digest.update(history.digest.encode())
    gc.collect()
    return digest.hexdigest(), None


def _histories(seeds: range) -> Iterator[History]:
    return (play(seed) for seed in seeds)


def _report(history: History) -> int:
    sys.stdout.write(
        f"seed {history.seed} broke a promise: {history.breach}\n"
        f"Tell all of it: python -m tests.simulation --seed {history.seed}\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
