"""The HunyuanVideo-1.5 models of Tencent.

Sources: `README.md` and `LICENSE` of Tencent-Hunyuan/HunyuanVideo-1.5; `hunyuan_video15.md` of
diffusers, for the repositories, which hold Tencent's weights in the layout that diffusers reads;
the configuration of the transformer (8.33 billion weights) and the VAE (1.26 billion), which are
fetched in float32. Shifts and guidance lie in the checkpoints.
"""

from __future__ import annotations

from dataclasses import replace

from matinee.core.open_models.model import Grid, Licence, OpenModel, gigabytes
from matinee.core.size import Size

_LICENCE = Licence(
    name="Tencent Hunyuan Community License",
    url="https://github.com/Tencent-Hunyuan/HunyuanVideo-1.5/blob/main/LICENSE",
    is_free=False,
    note="Not for use in the European Union, the United Kingdom and South Korea, nor of what it "
    "makes there. Services with very many users need a licence of their own from Tencent.",
)

_PARTS = {
    "transformer": gigabytes(16.65),
    "text_encoder": gigabytes(14.0),
    "text_encoder_2": gigabytes(0.8),
    "vae": gigabytes(2.52),
}
_REPOSITORY = "hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-"

_T2V_480P = OpenModel(
    name="hunyuanvideo-1.5-t2v-480p",
    title="HunyuanVideo 1.5 T2V 480p",
    family="hunyuan15",
    repository=_REPOSITORY + "480p_t2v",
    licence=_LICENCE,
    download_bytes=gigabytes(53),
    memory_bytes=_PARTS,
    sizes=(Size(832, 480), Size(480, 832), Size(640, 640)),
    grid=Grid(side_px=16, frame_step=4),
    fps=24,
    max_frames=121,
    steps=50,
    guidance=6.0,
)

_T2V_720P = replace(
    _T2V_480P,
    name="hunyuanvideo-1.5-t2v-720p",
    title="HunyuanVideo 1.5 T2V 720p",
    repository=_REPOSITORY + "720p_t2v",
    sizes=(Size(1280, 720), Size(720, 1280), Size(960, 960)),
)

_I2V_480P = replace(
    _T2V_480P,
    name="hunyuanvideo-1.5-i2v-480p",
    title="HunyuanVideo 1.5 I2V 480p",
    repository=_REPOSITORY + "480p_i2v",
    download_bytes=gigabytes(54),
    memory_bytes={**_PARTS, "image_encoder": gigabytes(0.86)},
    takes_text=False,
    takes_image=True,
    turbo="hunyuanvideo-1.5-i2v-480p-distilled",
)

_I2V_480P_DISTILLED = replace(
    _I2V_480P,
    name="hunyuanvideo-1.5-i2v-480p-distilled",
    title="HunyuanVideo 1.5 I2V 480p distilled",
    repository=_REPOSITORY + "480p_i2v_step_distilled",
    steps=12,
    guidance=1.0,
    turbo=None,
)

_I2V_720P = replace(
    _I2V_480P,
    name="hunyuanvideo-1.5-i2v-720p",
    title="HunyuanVideo 1.5 I2V 720p",
    repository=_REPOSITORY + "720p_i2v",
    sizes=_T2V_720P.sizes,
    turbo=None,
)

HUNYUAN15 = (_T2V_480P, _T2V_720P, _I2V_480P, _I2V_480P_DISTILLED, _I2V_720P)
