"""Reference images are told by their bytes, bounded, upright, and cut to the film's shape."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from matinee.core.errors import MediaInvalid, ServiceUnavailable, TooLarge
from matinee.media.inspection import ReferenceFacts, ReferenceLimits, inspect_reference
from matinee.media.reference import fit, load_reference
from tests.scarcity import no_descriptors
from tests.unit.media.films import encoded, gradient, make_film


def png_claiming(width_px: int, height_px: int, *, extra: bytes = b"") -> bytes:
    """A grey PNG of that size, all black, with chunks `extra` in front of its pixels."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width_px + 1) * height_px), 9)
    chunks = chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
async def test_an_image_is_told_by_its_bytes(kind: str, media_type: str) -> None:
    facts = await inspect_reference(encoded(gradient(64, 48), kind))
    assert facts == ReferenceFacts(media_type=media_type, width_px=64, height_px=48)


async def test_pixels_arrive_unchanged() -> None:
    image = await load_reference(encoded(gradient(64, 48), "PNG"))
    assert np.array_equal(image.pixels, np.asarray(gradient(64, 48)))


@pytest.mark.parametrize(("orientation", "size"), [(3, (64, 48)), (6, (48, 64)), (8, (48, 64))])
async def test_a_turned_photograph_is_set_upright(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = await load_reference(encoded(gradient(64, 48), "PNG", exif=exif))
    turns = {3: 2, 6: -1, 8: 1}[orientation]
    assert (image.facts.width_px, image.facts.height_px) == size
    assert np.array_equal(image.pixels, np.rot90(np.asarray(gradient(64, 48)), turns))


async def test_transparent_parts_are_white_and_greys_of_16_bits_are_scaled() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    deep = Image.fromarray(np.full((8, 8), 32_768, np.uint16))
    assert (await load_reference(encoded(clear, "PNG"))).pixels.min() == 255
    assert (await load_reference(encoded(deep, "PNG"))).pixels.mean() == 128


async def test_a_huge_photograph_is_told_truly_and_sent_shrunk() -> None:
    image = await load_reference(encoded(Image.new("RGB", (6000, 4000), "teal"), "JPEG"))
    assert (image.facts.width_px, image.facts.height_px) == (6000, 4000)
    assert image.pixels.shape == (1920, 2880, 3)


BROKEN = {
    "empty": b"",
    "a page": b"<!doctype html><p>no image</p>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "gif": encoded(gradient(8, 8), "GIF"),
    "tiff": encoded(gradient(8, 8), "TIFF"),
    "cut jpeg": half(encoded(gradient(640, 480), "JPEG")),
    "cut png": half(encoded(gradient(640, 480), "PNG")),
    "cut webp": half(encoded(gradient(640, 480), "WEBP")),
    "noise as png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "noise as jpeg": b"\xff\xd8\xff" + bytes(range(256)) * 9,
    "a film": b"\0\0\0\x18ftypisom",
    "51 megapixels": png_claiming(8000, 6400),
    "text bomb": png_claiming(
        8, 8, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(90_000_000), 9))
    ),
    "profile bomb": png_claiming(
        8, 8, extra=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(90_000_000), 9))
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_good_image_is_refused_by_the_name_of_its_field(name: str) -> None:
    with pytest.raises(MediaInvalid) as refused:
        await inspect_reference(BROKEN[name], param="input_reference")
    assert refused.value.param == "input_reference"


async def test_a_flood_of_pixels_is_refused_with_the_limit() -> None:
    flood = png_claiming(9000, 9000)
    with pytest.raises(MediaInvalid, match="more than 50 million pixels"):
        await inspect_reference(flood)


async def test_an_image_without_end_is_stopped() -> None:
    whole = encoded(Image.new("RGB", (4000, 4000)), "JPEG", progressive=True)
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]
    endless = whole[:-2] + last_scan * 20_000 + b"\xff\xd9"
    with pytest.raises(MediaInvalid, match="unreasonably long"):
        await inspect_reference(endless, limits=ReferenceLimits(cpu_s=0.5))


async def test_an_image_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(MediaInvalid, match="memory"):
        await inspect_reference(
            png_claiming(7000, 7000), limits=ReferenceLimits(memory_bytes=70_000_000)
        )


async def test_too_many_bytes_are_refused_unseen() -> None:
    with pytest.raises(TooLarge, match="25 MB") as refused:
        await inspect_reference(bytes(25_000_001), param="image")
    assert refused.value.param == "image"


async def test_a_films_first_frame_is_taken_where_films_are(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=3)
    data = (tmp_path / "film.mp4").read_bytes()
    image = await load_reference(data, limits=ReferenceLimits(films=True))
    assert image.facts == ReferenceFacts(media_type="video/mp4", width_px=160, height_px=96)
    assert image.pixels[:16, :16].mean() > 200


@pytest.mark.parametrize("size", [(64, 48), (48, 64), (32, 18), (128, 72), (200, 20)], ids=str)
async def test_an_image_is_cut_to_any_shape_without_stretching(size: tuple[int, int]) -> None:
    image = await load_reference(encoded(gradient(64, 48), "PNG"))
    fitted = fit(image, *size)
    red_per_px = np.diff(fitted[size[1] // 2, :, 0].astype(float)).mean() * size[0]
    green_per_px = np.diff(fitted[:, size[0] // 2, 1].astype(float)).mean() * size[1]
    scale = max(size[0] / 64, size[1] / 48)
    assert fitted.shape == (size[1], size[0], 3)
    assert red_per_px == pytest.approx(255 * size[0] / scale / 64, abs=12)
    assert green_per_px == pytest.approx(255 * size[1] / scale / 48, abs=12)


async def test_an_image_of_the_films_size_is_not_touched() -> None:
    image = await load_reference(encoded(gradient(64, 48), "PNG"))
    assert np.array_equal(fit(image, 64, 48), image.pixels)


async def test_an_image_that_no_process_can_look_at_is_not_blamed() -> None:
    with no_descriptors(), pytest.raises(ServiceUnavailable, match="Too many open files"):
        await inspect_reference(encoded(gradient(64, 48), "PNG"))
