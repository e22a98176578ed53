"""A video: what was wished for (`VideoSpec`), and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matinee.core.asset import Asset, AssetVariant
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


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSpec:
    """The validated, immutable wish. It is all that an engine ever sees of a request."""

    model: str
    """The name the client sent: routes read it, replies repeat it."""

    prompt: str
    size: Size
    seconds: int
    seed: int
    fps: int = 24
    style: str | None = None
    references: tuple[Reference, ...] = ()
    freedom: float = 0.0
    """How freely an engine may depart from the plain reading of the prompt, 0 to 1."""

    private: bool = False
    watermark: bool | None = None
    """What the client said of watermarks; never a reason to stamp a film."""


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
