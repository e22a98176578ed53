"""The LTX-2 models of Lightricks, which make sound too.

Sources: `ltx2.md`, `ltx2/utils.py` and the defaults of `LTX2Pipeline` in diffusers 0.42.1; the
licence of 2026-08-11. The text encoder of 2 and 2.3 is fetched in float32. How large a part is in
memory is its number of weights in bfloat16; of 2.5, whose number was not to be had for every part,
`connectors` is all that the download holds besides transformer and text encoder.
"""

from __future__ import annotations

from dataclasses import replace

from matinee.core.open_models.model import Grid, Licence, OpenModel, gigabytes
from matinee.core.size import Size

_LICENCE = Licence(
    name="LTX-2.x Community License",
    url="https://github.com/Lightricks/LTX-2/blob/main/LICENSE",
    is_free=False,
    note="Free, also commercially, below 10 million US dollars of yearly revenue, that of "
    "affiliates included; above that Lightricks sells a licence. Who lets others use it passes "
    "its terms on.",
)

_NEGATIVE = (
    "shaky, glitchy, low quality, worst quality, deformed, distorted, disfigured, motion smear, "
    "motion artifacts, fused fingers, bad anatomy, weird hand, ugly, transition, static."
)

_SIGMAS = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875)
"""Source: `DISTILLED_SIGMA_VALUES` of diffusers, of Lightricks/LTX-2."""

_LTX_2 = OpenModel(
    name="ltx-2",
    title="LTX-2 19B",
    family="ltx2",
    repository="Lightricks/LTX-2",
    licence=_LICENCE,
    download_bytes=gigabytes(92),
    memory_bytes={
        "transformer": gigabytes(37.8),
        "text_encoder": gigabytes(24.4),
        "connectors": gigabytes(2.9),
        "vae": gigabytes(2.4),
        "vocoder": gigabytes(0.2),
    },
    sizes=(Size(768, 512), Size(512, 768), Size(1216, 704), Size(704, 1216)),
    grid=Grid(side_px=32, frame_step=8),
    fps=24,
    # Source: `max_seconds` of the pipeline, 20.
    max_frames=481,
    steps=40,
    guidance=4.0,
    takes_image=True,
    has_sound=True,
    negative_prompt=_NEGATIVE,
)

_LTX_2_3 = replace(
    _LTX_2,
    name="ltx-2.3",
    title="LTX-2.3 22B",
    repository="diffusers/LTX-2.3-Diffusers",
    download_bytes=gigabytes(95),
    memory_bytes={
        "transformer": gigabytes(38.0),
        "text_encoder": gigabytes(24.4),
        "connectors": gigabytes(6.3),
        "vae": gigabytes(1.45),
        "vocoder": gigabytes(0.4),
    },
    steps=30,
    guidance=3.0,
    turbo="ltx-2.3-distilled",
)

_LTX_2_3_DISTILLED = replace(
    _LTX_2_3,
    name="ltx-2.3-distilled",
    title="LTX-2.3 22B distilled",
    repository="diffusers/LTX-2.3-Distilled-Diffusers",
    steps=len(_SIGMAS),
    guidance=1.0,
    sigmas=_SIGMAS,
    negative_prompt="",
    turbo=None,
)

_LTX_2_5 = replace(
    _LTX_2_3_DISTILLED,
    name="ltx-2.5",
    title="LTX-2.5 22B distilled",
    # Its `transformer` is the distilled one; the other lies beside it and is not fetched.
    repository="Lightricks/LTX-2.5-Diffusers",
    download_bytes=gigabytes(71),
    memory_bytes={
        "transformer": gigabytes(38.0),
        "text_encoder": gigabytes(24.0),
        "connectors": gigabytes(9.0),
    },
    is_gated=True,
)

LTX2 = (_LTX_2, _LTX_2_3, _LTX_2_3_DISTILLED, _LTX_2_5)
