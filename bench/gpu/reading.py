"""Experiment 3: reading a prompt, with the text encoder on the device, parked and streamed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from bench.gpu.measuring import REFUSALS, Row, Table, measure, why
from bench.gpu.scales import TEXT_TOKENS, Scale
from matinee.engines.diffusers.memory import MemoryPolicy
from matinee.engines.diffusers.placement import place

POLICIES = (MemoryPolicy.RESIDENT, MemoryPolicy.PARK_TEXT, MemoryPolicy.STREAM)


def run(scale: Scale) -> Table:
    """A new encoder for each policy: placing can't be undone."""
    return Table(
        number=3,
        title=f"reading a prompt of {TEXT_TOKENS} tokens",
        expected="below 0.1 s resident; parked and streamed by what the bus carries (11.4 GB)",
        rows=[_row(policy, scale) for policy in POLICIES],
    )


def _row(policy: MemoryPolicy, scale: Scale) -> Row:
    try:
        reader = scale.make_text_encoder()
        if policy is not MemoryPolicy.RESIDENT:
            reader.to("cpu")
        drawing = torch.nn.Linear(1, 1, device=scale.device)
        parts = {"text_encoder": reader, "transformer": drawing}
        place(SimpleNamespace(components=parts), policy, scale.device)
    except REFUSALS as error:
        return Row(variant=str(policy), why_not=why(error))
    words = torch.ones((1, TEXT_TOKENS), dtype=torch.long, device=scale.device)
    some = torch.zeros((1, 1), device=scale.device)

    def read() -> Any:
        reader(words, torch.ones_like(words))
        # What draws next sends the reader away, if it is to go.
        return drawing(some)

    return measure(str(policy), scale.device, read, repeats=scale.repeats)
