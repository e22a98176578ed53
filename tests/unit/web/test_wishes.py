"""What the fields of a film mean, in all the ways they are written."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from matinee.core.errors import InvalidRequest, InvalidType, MalformedBody, MissingParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Relation, Scene
from matinee.core.wish import Orientation, SizeClass, SourceWish, Upload, VideoWish
from matinee.web.fields import Fields
from matinee.web.forms import FilePart
from matinee.web.wishes import FILM_FIELDS, log_unread, parse_prompt, parse_wish

CAPABILITIES = Capabilities(
    sizes=(Size(720, 1280), Size(1280, 720)), min_seconds=4, max_seconds=25, styles=("anime",)
)


def wish(*, exact: Any = False, **values: Any) -> VideoWish:
    fields = Fields(values, aliases=FILM_FIELDS)
    return parse_wish(fields, prompt="a cat", capabilities=CAPABILITIES, exact=exact)


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
        ("480p", SizeClass.SMALL),
        ("4K", SizeClass.LARGE),
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


@pytest.mark.parametrize("field", ["seconds", "duration", "n_seconds"])
@pytest.mark.parametrize("value", [10, "10", "10s", 10.0, "10.0"])
def test_seconds_have_three_names_and_five_forms(field: str, value: object) -> None:
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


def test_a_file_id_names_a_stored_file() -> None:
    upload = Upload(param="input_reference", file_id="file-1")
    assert wish(input_reference={"file_id": "file-1"}).references == (upload,)


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


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"size": "704x1280"}, Size(720, 1280)),
        ({"size": "1920x1080"}, Size(1280, 720)),
        ({"width": 1024, "height": "576"}, Size(1280, 720)),
    ],
)
def test_pixels_that_are_not_made_become_the_nearest(values: dict[str, Any], size: Size) -> None:
    assert wish(**values).size == size


def test_an_exact_format_takes_pixels_and_lengths_as_they_are_written() -> None:
    asked = wish(exact=True, size="704x1280", seconds="0")
    assert (asked.size, asked.seconds) == (Size(704, 1280), 0)


def test_zero_is_what_some_clients_send_for_nothing() -> None:
    asked = wish(duration=0, width=0, height=0)
    assert (asked.seconds, asked.size) == (None, None)


@pytest.mark.parametrize(("field", "missing"), [("width", "height"), ("height", "width")])
def test_one_side_alone_is_no_size(field: str, missing: str) -> None:
    with pytest.raises(MissingParameter) as refused:
        wish(**{field: 720})
    assert refused.value.param == missing


@pytest.mark.parametrize("field", ["hd", "enable_upsample"])
@pytest.mark.parametrize(("value", "size_class"), [("true", SizeClass.LARGE), (False, None)])
def test_a_switch_may_ask_for_the_larger_picture(
    field: str, value: object, size_class: SizeClass | None
) -> None:
    assert wish(**{field: value}).size_class is size_class


def test_a_named_class_goes_before_the_switch() -> None:
    assert wish(hd=True, size="small").size_class is SizeClass.SMALL


@pytest.mark.parametrize("field", ["style", "style_id"])
def test_a_style_has_two_names(field: str) -> None:
    assert wish(**{field: "ANIME"}).style == "anime"


@pytest.mark.parametrize("field", ["storyboard", "shots"])
def test_a_storyboard_has_two_names(field: str) -> None:
    assert wish(**{field: ["it wakes"]}).storyboard == (Scene(prompt="it wakes"),)


def test_a_storyboard_may_stand_in_the_place_of_a_prompt() -> None:
    assert parse_prompt(Fields({"shots": "it wakes"}, aliases=FILM_FIELDS)) == ""
    with pytest.raises(MissingParameter):
        parse_prompt(Fields({"prompt": " "}, aliases=FILM_FIELDS))


@pytest.mark.parametrize("field", ["callback_url", "notify_hook", "callBackUrl"])
def test_a_callback_has_three_names(field: str) -> None:
    assert wish(**{field: " https://e.org/hook?x=1 "}).callback_url == "https://e.org/hook?x=1"


@pytest.mark.parametrize("url", ["ftp://e.org/", "/hook", "https://", "https://u:p@e.org/"])
def test_a_callback_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match="'notify_hook' must be an http or https URL") as seen:
        wish(notify_hook=url)
    assert seen.value.param == "notify_hook"


@pytest.mark.parametrize("prefix", ["video_", "task_", "sora-2:task_", ""])
def test_a_remix_names_its_film_in_any_spelling(prefix: str) -> None:
    spelled = f"{prefix}01kav3m5n7p9q1r3s5t7v9w1x3"
    assert wish(remix_target_id=spelled).source == SourceWish(
        relation=Relation.REMIX, param="remix_target_id", video_id=spelled
    )


@pytest.mark.parametrize("foreign", ["s_" + "0f" * 16, "gen_01abc", "https://sora.example/p/s_1"])
def test_a_remix_of_a_film_from_elsewhere_is_refused(foreign: str) -> None:
    with pytest.raises(InvalidRequest, match="films made here") as seen:
        wish(remix_target_id=foreign)
    assert seen.value.param == "remix_target_id"


@pytest.mark.parametrize("word", ["true", "True", "1", "yes", "on", 1, True, ["true"]])
def test_yes_has_many_words(word: object) -> None:
    assert wish(private=word).private is True


@pytest.mark.parametrize("value", ["", "  ", None, []])
def test_what_is_empty_is_absent(value: object) -> None:
    names = ("seconds", "size", "aspect_ratio", "orientation", "seed", "style", "watermark")
    more = ("private", "hd", "images", "storyboard", "callback_url", "remix_target_id", "width")
    assert wish(**dict.fromkeys((*names, *more), value)) == VideoWish(prompt="a cat")


def test_unknown_fields_are_passed_over_and_named_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="matinee.web.wishes")
    values = {"size": "hd", "mood": "blue", "async_mode": "x", "enhance_prompt": {}}
    fields = Fields(values, aliases=FILM_FIELDS)
    parse_wish(fields, prompt="a cat", capabilities=CAPABILITIES)
    log_unread(fields)
    (record,) = caplog.records
    assert record.__dict__["fields"] == ["mood"]
    assert "blue" not in caplog.text
