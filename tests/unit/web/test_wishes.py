"""What the fields of a film mean, in all the ways they are written."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import InvalidRequest, InvalidType, MalformedBody, UnsupportedParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.wish import Orientation, SizeClass, Upload, VideoWish
from matinee.web.fields import Fields
from matinee.web.forms import FilePart
from matinee.web.wishes import FILM_FIELDS, parse_wish

CAPABILITIES = Capabilities(
    sizes=(Size(720, 1280), Size(1280, 720)), min_seconds=4, max_seconds=25, styles=("anime",)
)


def wish(**values: Any) -> VideoWish:
    fields = Fields(values, aliases=FILM_FIELDS)
    return parse_wish(fields, prompt="a cat", capabilities=CAPABILITIES)


def test_silence_is_kept() -> None:
    assert wish() == VideoWish(prompt="a cat")


@pytest.mark.parametrize(
    ("text", "size"), [("1280x720", Size(1280, 720)), ("720*1280", Size(720, 1280))]
)
def test_a_size_may_be_pixels(text: str, size: Size) -> None:
    assert wish(size=text).size == size


@pytest.mark.parametrize(
    ("text", "size_class"),
    [
        ("small", SizeClass.SMALL),
        ("720P", SizeClass.SMALL),
        ("large", SizeClass.LARGE),
        ("HD", SizeClass.LARGE),
        ("1080p", SizeClass.LARGE),
    ],
)
def test_a_size_may_be_a_class(text: str, size_class: SizeClass) -> None:
    assert wish(size=text).size_class is size_class


@pytest.mark.parametrize("text", ["16x9", "16:9"])
def test_a_size_may_be_a_shape(text: str) -> None:
    assert wish(size=text).aspect_ratio == Size(16, 9)


@pytest.mark.parametrize("text", ["16:9", "16x9", "16/9", "1280x720"])
def test_an_aspect_ratio_is_a_shape(text: str) -> None:
    shape = wish(aspect_ratio=text).aspect_ratio
    assert shape is not None
    assert shape.width_px * 9 == shape.height_px * 16


@pytest.mark.parametrize("field", ["orientation", "aspect_ratio"])
def test_an_orientation_may_stand_in_two_fields(field: str) -> None:
    assert wish(**{field: "Landscape"}).orientation is Orientation.LANDSCAPE


@pytest.mark.parametrize("field", ["seconds", "duration"])
@pytest.mark.parametrize("value", [10, "10", "10s", 10.0])
def test_seconds_have_two_names_and_four_forms(field: str, value: object) -> None:
    assert wish(**{field: value}).seconds == 10


@pytest.mark.parametrize("field", ["seed", "seen"])
def test_the_seed_has_the_name_of_a_misprint_too(field: str) -> None:
    assert wish(**{field: 417}).seed == 417


def test_a_seed_of_minus_one_is_any() -> None:
    assert wish(seed=-1).seed is None


@pytest.mark.parametrize("seed", [-2, 2**63])
def test_a_seed_that_no_row_holds_is_refused(seed: int) -> None:
    with pytest.raises(InvalidRequest, match="whole numbers from 0"):
        wish(seed=seed)


def test_the_words_of_a_form_are_understood() -> None:
    asked = wish(watermark="false", private="true", style="Anime")
    assert (asked.watermark, asked.private, asked.style) == (False, True, "anime")


@pytest.mark.parametrize(
    ("value", "upload"),
    [
        ("https://e.org/a.png", Upload(param="image", url="https://e.org/a.png")),
        ({"image_url": "data:x"}, Upload(param="image", url="data:x")),
        ({"image_url": {"url": "data:x"}}, Upload(param="image", url="data:x")),
        ('{"image_url": "data:x"}', Upload(param="image", url="data:x")),
        (
            FilePart(name="a.png", media_type="image/png", data=b"1"),
            Upload(param="image", data=b"1"),
        ),
    ],
)
def test_a_reference_has_many_forms(value: object, upload: Upload) -> None:
    assert wish(image=value).references == (upload,)


def test_references_come_from_every_field_in_order() -> None:
    asked = wish(images=["u1", "u2"], image="u3", input_reference="u0")
    assert [each.url for each in asked.references] == ["u0", "u1", "u2", "u3"]


@pytest.mark.parametrize("value", [[], "", None, FilePart(name="", media_type="", data=b"")])
def test_no_reference_is_none(value: object) -> None:
    assert wish(images=value).references == ()


def test_a_file_id_is_refused_by_its_name() -> None:
    with pytest.raises(UnsupportedParameter, match="file_id") as seen:
        wish(input_reference={"file_id": "file-1"})
    assert seen.value.param == "input_reference.file_id"


@pytest.mark.parametrize("value", [7, True, {}, {"image_url": 7}, [["u"]]])
def test_a_reference_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(InvalidType, match="input_reference"):
        wish(input_reference=value)


def test_a_reference_of_broken_json_is_malformed() -> None:
    with pytest.raises(MalformedBody):
        wish(input_reference="{broken")


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({"size": "huge"}, "'720x1280'"),
        ({"orientation": "upward"}, "'portrait' and 'landscape'"),
        ({"aspect_ratio": "wide"}, "'16:9'"),
        ({"model": "x" * 201}, "200 characters"),
        ({"seconds": "soon"}, "whole numbers"),
        ({"duration": "xs"}, "whole numbers"),
    ],
)
def test_what_is_not_understood_names_field_and_allowed_values(
    values: dict[str, str], allowed: str
) -> None:
    with pytest.raises(InvalidRequest, match=allowed) as seen:
        wish(**values)
    assert seen.value.param == next(iter(values))


@pytest.mark.parametrize("text", ["{", '{"image_url": "\\ud800"}', '{"a":' * 40 + "1" + "}" * 40])
def test_a_broken_object_in_a_text_names_its_field(text: str) -> None:
    with pytest.raises(MalformedBody, match="'input_reference'") as refused:
        wish(input_reference=text)
    assert refused.value.param == "input_reference"
