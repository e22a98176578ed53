"""Stand-ins for what tests must hold still or drive by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matinee.core.errors import AddressRefused, MediaInvalid
from matinee.core.ids import (
    AccountId,
    CharacterId,
    DeliveryId,
    EndpointId,
    FileId,
    KeyId,
    VideoId,
)
from matinee.core.size import Size
from matinee.net.data_uri import decode_base64, decode_data_uri
from matinee.services.films import FilmFacts, FilmTools, Span, Still
from matinee.services.references import ImageFacts

_IMAGE_LIMIT_BYTES = 25 * 1024 * 1024
_ULID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(slots=True)
class StoppedClock:
    """Stands still until it is moved."""

    at: datetime = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.at

    def move(self, seconds: float) -> None:
        """Go on by so many seconds."""
        self.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class CountingIdentities:
    """Ids and secrets that count up, the same in every run."""

    count: int = 0

    def video_id(self, now: datetime) -> VideoId:
        """A valid ULID that sorts by time and count."""
        return VideoId("01kav3m5n7" + self._number(16))

    def account_id(self, now: datetime) -> AccountId:
        """An id."""
        return AccountId("01kaccount" + self._number(16))

    def key_id(self, now: datetime) -> KeyId:
        """An id."""
        return KeyId(f"key_{self._number(4)}")

    def character_id(self, now: datetime) -> CharacterId:
        """A valid ULID that sorts by time and count."""
        return CharacterId("01kcast000" + self._number(16))

    def file_id(self, now: datetime) -> FileId:
        """A valid ULID that sorts by time and count."""
        return FileId("01kf11e000" + self._number(16))

    def endpoint_id(self, now: datetime) -> EndpointId:
        """A valid ULID that sorts by time and count."""
        return EndpointId("01kendp000" + self._number(16))

    def delivery_id(self, now: datetime) -> DeliveryId:
        """A valid ULID that sorts by time and count."""
        return DeliveryId("01kde11v00" + self._number(16))

    def secret(self, size_bytes: int) -> str:
        """Not secret at all."""
        return "s" + self._number(2 * size_bytes)

    def seed(self) -> int:
        """A film's seed."""
        self.count += 1
        return self.count

    def _number(self, digits: int) -> str:
        self.count += 1
        text, left = "", self.count
        for _ in range(digits):
            text, left = _ULID_DIGITS[left % 32] + text, left // 32
        return text


async def inspect_png(data: bytes, *, param: str) -> ImageFacts:
    """Takes for an image whatever begins as a PNG; its size is in the header."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise MediaInvalid("This is no image.", param=param)
    return ImageFacts(
        media_type="image/png",
        width_px=int.from_bytes(data[16:20], "big"),
        height_px=int.from_bytes(data[20:24], "big"),
    )


def a_png(width_px: int = 64, height_px: int = 48) -> bytes:
    """As much of a PNG as `inspect_png` looks at."""
    size = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + b"\x08\x02\x00\x00\x00"


_FILM_HEAD = b"\x00\x00\x00\x18ftypfake"


def a_film(width_px: int = 1280, height_px: int = 720, seconds: float = 4) -> bytes:
    """As much of a film as `inspect_fake_film` looks at."""
    return _FILM_HEAD + f"{width_px} {height_px} {seconds}".encode()


async def inspect_fake_film(path: Path, *, param: str) -> FilmFacts:
    """Takes for a film whatever `a_film` makes."""
    data = await asyncio.to_thread(path.read_bytes)
    if not data.startswith(_FILM_HEAD):
        raise MediaInvalid("This is no film.", param=param)
    width, height, seconds = data.removeprefix(_FILM_HEAD).split()
    return FilmFacts(size=Size(int(width), int(height)), seconds=float(seconds))


async def take_fake_still(path: Path, span: Span, *, param: str) -> Still:
    """A picture that says where in the film it is from."""
    facts = await inspect_fake_film(path, param=param)
    end_s = facts.seconds if span.end_s is None else span.end_s
    return Still(
        data=f"still {span.start_s:g}-{end_s:g}".encode(),
        media_type="image/webp",
        width_px=facts.size.width_px,
        height_px=facts.size.height_px,
    )


@dataclass(slots=True)
class Pages:
    """The web as a test needs it: some URLs with bytes behind them."""

    by_url: dict[str, bytes] = field(default_factory=dict)

    async def fetch(self, url: str, *, param: str) -> bytes:
        """The bytes behind `url`, in it, or refused."""
        if url.startswith("data:"):
            return decode_data_uri(url, _IMAGE_LIMIT_BYTES, param=param).data
        if ":" not in url[:12]:
            return decode_base64(url, _IMAGE_LIMIT_BYTES, param=param).data
        if url not in self.by_url:
            raise AddressRefused("The URL leads nowhere.", param=param)
        return self.by_url[url]

    async def fetch_film(self, url: str, target: Path, *, param: str) -> None:
        """The same, written to `target`."""
        await asyncio.to_thread(target.write_bytes, await self.fetch(url, param=param))

    @property
    def film_tools(self) -> FilmTools:
        """How films are fetched from these pages and looked at."""
        return FilmTools(
            inspect=inspect_fake_film, take_still=take_fake_still, fetch=self.fetch_film
        )
