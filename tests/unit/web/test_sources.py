"""Films and characters as requests spell them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from matinee.core.errors import InvalidRequest, MatineeError
from matinee.core.video import Relation
from matinee.core.wish import CharacterWish, ClipWish, SourceWish, Upload
from matinee.web.fields import Fields
from matinee.web.forms import FilePart, nest
from matinee.web.sources import parse_characters, parse_clip, parse_film_clip, parse_source

ULID = "01kav3m5n70000000000000001"
LINK = f"http://h/f/tok/task_{ULID}.mp4"
FILE = FilePart(name="a.mp4", media_type="x/y", data=b"abc")
UPLOADED = Upload(param="video", data=b"abc")


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (FILE, {"upload": UPLOADED}),
        ([FILE], {"upload": UPLOADED}),
        (f"video_{ULID}", {"video_id": f"video_{ULID}"}),
        (f" sora-2:task_{ULID} ", {"video_id": f"sora-2:task_{ULID}"}),
        ("nobody", {"video_id": "nobody"}),
        ('"nobody"', {"video_id": "nobody"}),
        ({"id": "x"}, {"param": "video.id", "video_id": "x"}),
        ('{"id": "x"}', {"param": "video.id", "video_id": "x"}),
        (LINK, {"video_id": f"task_{ULID}", "upload": Upload(param="video", url=LINK)}),
        ("https://h/a.mp4", {"upload": Upload(param="video", url="https://h/a.mp4")}),
        (
            "data:video/mp4;base64,AA",
            {"upload": Upload(param="video", url="data:video/mp4;base64,AA")},
        ),
        ("A" * 400, {"upload": Upload(param="video", url="A" * 400)}),
        (f"file-{ULID}", {"upload": Upload(param="video", file_id=f"file-{ULID}")}),
        (
            {"video_url": {"url": "https://h/a"}},
            {
                "param": "video.video_url",
                "upload": Upload(param="video.video_url", url="https://h/a"),
            },
        ),
    ],
)
def test_a_source_is_read_in_every_form(value: Any, source: dict[str, Any]) -> None:
    parsed = parse_source(Fields({"video": value}), Relation.EDIT)
    assert parsed == SourceWish(**({"relation": Relation.EDIT, "param": "video"} | source))


def test_brackets_lead_to_the_same_source() -> None:
    parsed = parse_source(Fields(nest([("video[id]", "x")])), Relation.EXTEND)
    assert parsed == SourceWish(relation=Relation.EXTEND, param="video.id", video_id="x")


@pytest.mark.parametrize(
    ("values", "param", "code"),
    [
        ({}, "video", "missing_required_parameter"),
        ({"video": {}}, "video.id", "missing_required_parameter"),
        ({"video": {"id": 3}}, "video.id", "invalid_type"),
        ({"video": 3}, "video", "invalid_type"),
        ({"video": True}, "video", "invalid_type"),
        ({"video": [FILE, FILE]}, "video", "invalid_value"),
        ({"video": "[1, 2]"}, "video", "invalid_type"),
        ({"video": "{"}, "video", "malformed_body"),
        (
            {"video": FilePart(name="a", media_type="x/y", data=b"")},
            "video",
            "missing_required_parameter",
        ),
    ],
)
def test_what_is_no_source_is_named(values: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(MatineeError) as refused:
        parse_source(Fields(values), Relation.EDIT)
    assert (refused.value.param, refused.value.code) == (param, code)


@pytest.mark.parametrize(
    "values",
    [
        {"characters": [{"id": "a"}, {"id": "b"}]},
        {"characters": '[{"id": "a"}, {"id": "b"}]'},
        nest([("characters[][id]", "a"), ("characters[][id]", "b")]),
        nest([("characters[0][id]", "a"), ("characters[1][id]", "b")]),
    ],
)
def test_characters_are_read_in_every_form(values: dict[str, Any]) -> None:
    assert parse_characters(Fields(values)) == (
        CharacterWish(param="characters[0].id", id="a"),
        CharacterWish(param="characters[1].id", id="b"),
    )


@pytest.mark.parametrize(
    ("value", "param"),
    [
        ([{"name": "a"}], "characters[0].id"),
        ([{"id": "a"}, 3], "characters[1]"),
        ([{"id": "a"}] * 21, "characters"),
    ],
)
def test_what_is_no_character_is_named(value: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_characters(Fields({"characters": value}))
    assert refused.value.param == param


def test_silence_is_no_character() -> None:
    assert parse_characters(Fields({"characters": []})) == ()
    assert parse_clip(Fields({"character_create": "true"})) is None


@pytest.mark.parametrize("span", ["1,3", "1 , 3", "1s-3s", "1:3", [1, 3], "1.0,3.0"])
def test_a_clip_has_a_span(span: Any) -> None:
    said = {"character_from_task": "task_1", "character_timestamps": span}
    assert parse_clip(Fields(said | {"character_create": True})) == ClipWish(
        param="character_from_task", video_id="task_1", start_s=1, end_s=3, is_kept=True
    )


@pytest.mark.parametrize("span", ["3,1", "1,1.5", "0,4", "one", 3, [1], {"a": 1}, "1,2,3"])
def test_a_span_that_is_none_says_what_one_is(span: Any) -> None:
    with pytest.raises(InvalidRequest, match="'1,3'") as refused:
        parse_clip(Fields({"character_url": "https://h/a", "character_timestamps": span}))
    assert refused.value.param == "character_timestamps"


@pytest.mark.parametrize("span", ["1" + " " * 100_000 + "!", "1,2" + " " * 100_000 + "!"])
def test_blanks_without_end_are_read_at_once(span: str) -> None:
    began_s = time.process_time()
    with pytest.raises(InvalidRequest):
        parse_clip(Fields({"character_url": "https://h/a", "character_timestamps": span}))
    assert time.process_time() - began_s < 1


def test_a_clip_of_a_film_of_ours_is_that_film() -> None:
    clip = parse_clip(Fields({"url": LINK}), prefix="")
    upload = Upload(param="url", url=LINK)
    assert clip == ClipWish(param="url", video_id=f"task_{ULID}", upload=upload)


def test_an_uploaded_clip_may_have_a_span_too() -> None:
    clip = parse_film_clip(Fields({"video": FILE, "timestamps": "0,2"}))
    assert clip == ClipWish(param="video", upload=UPLOADED, start_s=0, end_s=2)
