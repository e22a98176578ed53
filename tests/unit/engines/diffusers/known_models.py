"""Models as the catalogue has them, for tests of the rules that read them."""

from __future__ import annotations

from matinee.core.open_models import Grid, Licence, OpenModel
from matinee.core.size import Size

GB = 1_000_000_000

TI2V_5B = OpenModel(
    name="wan2.2-ti2v-5b",
    title="Wan2.2-TI2V-5B",
    family="wan",
    repository="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
    licence=Licence(name="Apache-2.0", url="https://example.org", is_free=True),
    download_bytes=34 * GB,
    memory_bytes={
        "transformer": 10 * GB,
        "text_encoder": 11_400_000_000,
        "vae": 2_800_000_000,
    },
    sizes=(Size(1280, 704), Size(704, 1280)),
    grid=Grid(side_px=32, frame_step=4),
    fps=24,
    max_frames=121,
    steps=50,
    guidance=5.0,
    takes_image=True,
    turbo="fastwan2.2-ti2v-5b",
)
