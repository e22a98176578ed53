"""A video: what was wished for (`VideoSpec`), and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matinee.core.asset import Asset, AssetVariant
from matinee.core.character import Poster
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job
from matinee.core.size import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An image that guides a film; the first one is its first frame.

    The bytes lie in the blob store under `blob_key`, as they were sent.
    """

    blob_key: str
    media_type: str
    width_px: int
    height_px: int


class Relation(StrEnum):
    """How a film comes out of another one."""

    REMIX = "remix"
    """The same film, changed as the new prompt says."""

    EDIT = "edit"
    """As a remix; the official format has both."""

    EXTEND = "extend"
    """The other film whole, and then what the new prompt says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The film that another one comes out of. A copy: the original may be deleted meanwhile."""

    relation: Relation
    blob_key: str
    size: Size
    seconds: float
    """How long the film really is."""

    spec: VideoSpec | None = None
    """What it was made from; None if it was uploaded."""

    extensions: int = 0
    """How many times it was extended itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene of a storyboard, `seconds` long; None leaves the length to the engine."""

    prompt: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A character who acts in a film, with a copy of the picture it is known by."""

    name: str
    poster: Poster


LORA_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A file's name without a folder: nobody reaches out of the folder where they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A small addition to a model's weights, by its file's name, and how strongly it counts."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """What a request says of how a model draws. None leaves it to the engine.

    An engine that lacks an option passes it over; `Capabilities.options` names those it has.
    """

    negative_prompt: str | None = None
    """What the film shall not show."""

    steps: int | None = None
    """How many steps the sampler takes."""

    guidance: float | None = None
    """How closely the model keeps to the prompt."""

    loras: tuple[Lora, ...] = ()


AS_USUAL = SamplingOptions()
"""Nothing said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSpec:
    """The validated, immutable wish. It is all that an engine ever sees of a request."""

    model: str
    """The name the client sent: routes read it, replies repeat it."""

    prompt: str
    size: Size
    seconds: int
    """The length of the whole film, what it extends included."""

    seed: int
    fps: int = 24
    style: str | None = None
    references: tuple[Reference, ...] = ()
    source: Source | None = None
    storyboard: tuple[Scene, ...] = ()
    """Scenes in their order; their lengths, where given, add up to `seconds`."""

    roles: tuple[Role, ...] = ()
    freedom: float = 0.0
    """How freely an engine may depart from the plain reading of the prompt, 0 to 1."""

    options: SamplingOptions = AS_USUAL
    private: bool = False
    watermark: bool | None = None
    """What the client said of watermarks: False takes only a film without one. Never a reason to
    stamp a film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video with the job behind it and the files it has. The stored row, as a value."""

    id: VideoId
    account_id: AccountId
    spec: VideoSpec
    job: Job
    created_at: datetime
    expires_at: datetime | None = None
    remixed_from: VideoId | None = None
    access_token: str
    """The secret part of the path under which the files may be fetched without a key."""

    assets: tuple[Asset, ...] = ()

    def asset(self, variant: AssetVariant) -> Asset | None:
        """The stored file of that variant, if there is one."""
        return next((asset for asset in self.assets if asset.variant is variant), None)
