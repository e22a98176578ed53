"""The CogVideoX models of Z.ai.

Sources: the model cards of zai-org/CogVideoX-2b, -5b and -5b-I2V (720x480 and no other size, 8
frames a second, 8n+1 frames up to 49); the file lists of the repositories. Weights lie there in
16 bits, the VAE of the larger ones in 32.
"""

from __future__ import annotations

from dataclasses import replace

from matinee.core.open_models.model import Grid, Licence, OpenModel, gigabytes
from matinee.core.open_models.wan import APACHE
from matinee.core.size import Size

_LICENCE = Licence(
    name="CogVideoX License",
    url="https://huggingface.co/zai-org/CogVideoX-5b/blob/main/LICENSE",
    is_free=False,
    note="Free for research. Commercial use needs a registration with its makers.",
)

_2B = OpenModel(
    name="cogvideox-2b",
    title="CogVideoX 2B",
    family="cogvideox",
    repository="zai-org/CogVideoX-2b",
    licence=APACHE,
    download_bytes=gigabytes(13.4),
    memory_bytes={
        "transformer": gigabytes(3.39),
        "text_encoder": gigabytes(9.52),
        "vae": gigabytes(0.43),
    },
    sizes=(Size(720, 480),),
    grid=Grid(side_px=16, frame_step=8),
    fps=8,
    max_frames=49,
    steps=50,
    guidance=6.0,
    keeps_size=True,
)

_5B = replace(
    _2B,
    name="cogvideox-5b",
    title="CogVideoX 5B",
    repository="zai-org/CogVideoX-5b",
    licence=_LICENCE,
    download_bytes=gigabytes(21.5),
    memory_bytes={
        "transformer": gigabytes(11.14),
        "text_encoder": gigabytes(9.52),
        "vae": gigabytes(0.43),
    },
)

_5B_I2V = replace(
    _5B,
    name="cogvideox-5b-i2v",
    title="CogVideoX 5B I2V",
    repository="zai-org/CogVideoX-5b-I2V",
    download_bytes=gigabytes(21.6),
    takes_text=False,
    takes_image=True,
)

COGVIDEOX = (_2B, _5B, _5B_I2V)
