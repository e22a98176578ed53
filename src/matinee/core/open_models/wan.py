"""The Wan models of Alibaba, and a few-step model made of one of them.

Sources: `README.md` and `wan/configs` of Wan-Video/Wan2.2; `wan.md` and the pipelines' own examples
in diffusers 0.42.1, for repositories and shifts; the repositories' file lists, for how much is
fetched, which is float32 but for some text encoders. How large a part is in memory follows from its
configuration: so many weights, in bfloat16, the VAE and the image encoder in float32.
"""

from __future__ import annotations

from dataclasses import replace

from matinee.core.open_models.model import Grid, Licence, OpenModel, gigabytes
from matinee.core.size import Size

APACHE = Licence(name="Apache-2.0", url="https://www.apache.org/licenses/LICENSE-2.0", is_free=True)

_NEGATIVE = (
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，"
    "JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，"
    "形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走"
)
"""Source: `sample_neg_prompt` of Wan-Video/Wan2.2."""

_P480 = (Size(832, 480), Size(480, 832))
_P720 = (Size(1280, 720), Size(720, 1280))

_TEXT_ENCODER = gigabytes(11.36)
_VAE_21 = gigabytes(0.51)
_EXPERT = gigabytes(28.6)

_TI2V_5B = OpenModel(
    name="wan2.2-ti2v-5b",
    title="Wan 2.2 TI2V 5B",
    family="wan",
    repository="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
    licence=APACHE,
    download_bytes=gigabytes(34.2),
    memory_bytes={
        "transformer": gigabytes(10.0),
        "text_encoder": _TEXT_ENCODER,
        "vae": gigabytes(2.82),
    },
    sizes=(Size(1280, 704), Size(704, 1280)),
    grid=Grid(side_px=32, frame_step=4),
    fps=24,
    max_frames=121,
    steps=50,
    guidance=5.0,
    flow_shift=5.0,
    takes_image=True,
    negative_prompt=_NEGATIVE,
    turbo="fastwan2.2-ti2v-5b",
)

_FAST_TI2V_5B = replace(
    _TI2V_5B,
    name="fastwan2.2-ti2v-5b",
    title="FastWan 2.2 TI2V 5B",
    repository="FastVideo/FastWan2.2-TI2V-5B-FullAttn-Diffusers",
    steps=3,
    guidance=1.0,
    flow_shift=None,
    # Source: `dmd_denoising_steps` of FastVideo, thousandths; its loop predicts the film and mixes
    # it with new noise.
    sigmas=(1.0, 0.757, 0.522),
    renoises=True,
    negative_prompt="",
    turbo=None,
)

_T2V_A14B = OpenModel(
    name="wan2.2-t2v-a14b",
    title="Wan 2.2 T2V A14B",
    family="wan",
    repository="Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    licence=APACHE,
    download_bytes=gigabytes(126.2),
    memory_bytes={
        "transformer": _EXPERT,
        "transformer_2": _EXPERT,
        "text_encoder": _TEXT_ENCODER,
        "vae": _VAE_21,
    },
    sizes=(*_P720, *_P480),
    grid=Grid(side_px=16, frame_step=4),
    fps=16,
    max_frames=81,
    steps=40,
    guidance=4.0,
    guidance_2=3.0,
    flow_shift=12.0,
    negative_prompt=_NEGATIVE,
)

_I2V_A14B = replace(
    _T2V_A14B,
    name="wan2.2-i2v-a14b",
    title="Wan 2.2 I2V A14B",
    repository="Wan-AI/Wan2.2-I2V-A14B-Diffusers",
    guidance=3.5,
    guidance_2=3.5,
    flow_shift=5.0,
    takes_text=False,
    takes_image=True,
)

_T2V_14B = OpenModel(
    name="wan2.1-t2v-14b",
    title="Wan 2.1 T2V 14B",
    family="wan",
    repository="Wan-AI/Wan2.1-T2V-14B-Diffusers",
    licence=APACHE,
    download_bytes=gigabytes(80.4),
    memory_bytes={"transformer": _EXPERT, "text_encoder": _TEXT_ENCODER, "vae": _VAE_21},
    sizes=(*_P720, *_P480),
    grid=Grid(side_px=16, frame_step=4),
    fps=16,
    max_frames=81,
    steps=50,
    guidance=5.0,
    flow_shift=5.0,
    negative_prompt=_NEGATIVE,
)

_T2V_1_3B = replace(
    _T2V_14B,
    name="wan2.1-t2v-1.3b",
    title="Wan 2.1 T2V 1.3B",
    repository="Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
    download_bytes=gigabytes(28.9),
    memory_bytes={
        "transformer": gigabytes(2.84),
        "text_encoder": _TEXT_ENCODER,
        "vae": _VAE_21,
    },
    sizes=_P480,
    flow_shift=3.0,
)

_I2V_14B_720P = replace(
    _T2V_14B,
    name="wan2.1-i2v-14b-720p",
    title="Wan 2.1 I2V 14B 720p",
    repository="Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
    download_bytes=gigabytes(91.3),
    memory_bytes={
        "transformer": gigabytes(32.8),
        "text_encoder": _TEXT_ENCODER,
        "image_encoder": gigabytes(2.53),
        "vae": _VAE_21,
    },
    sizes=_P720,
    takes_text=False,
    takes_image=True,
)

_I2V_14B_480P = replace(
    _I2V_14B_720P,
    name="wan2.1-i2v-14b-480p",
    title="Wan 2.1 I2V 14B 480p",
    repository="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
    sizes=_P480,
    flow_shift=3.0,
)

WAN = (
    _TI2V_5B,
    _FAST_TI2V_5B,
    _T2V_A14B,
    _I2V_A14B,
    _T2V_1_3B,
    _T2V_14B,
    _I2V_14B_480P,
    _I2V_14B_720P,
)
