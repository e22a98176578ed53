"""The film of a chat: what it changes, its scenes, and an image that comes alone."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import InvalidRequest
from matinee.core.video import Relation, Scene
from matinee.core.wish import SourceWish, Upload
from matinee.dialects.chat.film import NEUTRAL_PROMPT
from tests.samples import a_video_id
from tests.unit.dialects.chats import film

ID = a_video_id(7)
LINK = f"https://films.example.org/f/3q9Zt0c1/task_{ID}.mp4"
FOREIGN = "s_" + "0123456789abcdef" * 2
BASE64 = "AAAAIGZ0eXBpc29t" * 40
CLIP = "https://example.org/clip.mp4"


def remix(param: str, video_id: str | None = None, upload: Upload | None = None) -> SourceWish:
    return SourceWish(relation=Relation.REMIX, param=param, video_id=video_id, upload=upload)


def parts(*urls: object) -> list[dict[str, object]]:
    return [
        {"type": "text", "text": "make it snow"},
        *({"type": "video_url", "video_url": url} for url in urls),
    ]


def source_of(content: Any = "make it snow", **values: Any) -> SourceWish | None:
    return film(content, **values)[0].source


def test_the_field_names_the_film_to_be_changed() -> None:
    named = source_of(remix_target_id=f"video_{ID}")
    assert named == remix("remix_target_id", f"video_{ID}")


def test_an_id_in_the_text_names_it_and_is_no_part_of_the_prompt() -> None:
    wish, _ = film(f"`task_{ID}` make it snow {{anime}}")
    assert (wish.source, wish.prompt, wish.style) == (
        remix("messages", ID),
        "make it snow",
        "anime",
    )


def test_a_film_of_somebody_else_is_uploaded() -> None:
    param = "messages[0].content[1].video_url"
    for url in (CLIP, "data:video/mp4;base64,AAAA", {"url": CLIP}):
        address = url["url"] if isinstance(url, dict) else url
        assert source_of(parts(url)) == remix(param, upload=Upload(param=param, url=address))


def test_a_link_in_our_form_may_be_ours_or_not() -> None:
    param = "messages[0].content[1].video_url"
    assert source_of(parts(LINK)) == remix(param, ID, Upload(param=param, url=LINK))


def test_an_id_in_a_part_is_ours() -> None:
    assert source_of(parts(f"task_{ID}")) == remix("messages[0].content[1].video_url", ID)


@pytest.mark.parametrize(
    ("field", "value", "source"),
    [
        ("video", CLIP, remix("video", upload=Upload(param="video", url=CLIP))),
        ("video", BASE64, remix("video", upload=Upload(param="video", url=BASE64))),
        ("video", {"id": f"video_{ID}"}, remix("video.id", f"video_{ID}")),
        ("video", f"task_{ID}", remix("video", f"task_{ID}")),
        ("video_url", [CLIP], remix("video_url", upload=Upload(param="video_url", url=CLIP))),
    ],
)
def test_a_field_may_bring_it(field: str, value: object, source: SourceWish) -> None:
    values: dict[str, Any] = {field: value}
    assert source_of(**values) == source


def test_what_is_named_outright_wins() -> None:
    other = a_video_id(8)
    both = source_of(f"task_{other} make it snow", remix_target_id=ID)
    assert both == remix("remix_target_id", ID)


@pytest.mark.parametrize(
    ("content", "values", "param"),
    [
        (FOREIGN, {}, "messages"),
        (f"https://sora.chatgpt.com/p/{FOREIGN} but at night", {}, "messages"),
        ("make it longer gen_01k7zxq2v5f8s9a3b4", {}, "messages"),
        ("at night", {"remix_target_id": FOREIGN}, "remix_target_id"),
        ("at night", {"video": FOREIGN}, "video"),
        ("at night", {"video": {"id": FOREIGN}}, "video.id"),
        (parts(f"https://sora.chatgpt.com/p/{FOREIGN}"), {}, "messages[0].content[1].video_url"),
    ],
)
def test_a_film_of_another_service_is_refused_by_its_field(
    content: object, values: dict[str, Any], param: str
) -> None:
    with pytest.raises(InvalidRequest, match="another service") as seen:
        film(content, **values)
    assert seen.value.param == param


@pytest.mark.parametrize("content", [f"task_{ID} with task_{a_video_id(8)}", parts(CLIP, LINK)])
def test_two_films_at_once_are_refused(content: object) -> None:
    with pytest.raises(InvalidRequest, match="one at a time"):
        film(content)


def test_scenes_in_the_text_are_a_storyboard() -> None:
    wish, _ = film("on a stage [5.0s]a cat bows [2.5s]it sings")
    assert wish.storyboard == (
        Scene(prompt="a cat bows", seconds=5.0),
        Scene(prompt="it sings", seconds=2.5),
    )
    assert wish.prompt == "on a stage"


def test_a_storyboard_in_a_field_wins_over_the_text() -> None:
    wish, _ = film("[5s]a cat", storyboard=[{"prompt": "a dog", "duration": 4}])
    assert wish.storyboard == (Scene(prompt="a dog", seconds=4.0),)


def test_an_image_without_words_comes_to_life() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://e.org/a.png"}}
    assert film([image])[0].prompt == NEUTRAL_PROMPT
    assert film("", image="https://e.org/a.png")[0].prompt == NEUTRAL_PROMPT


def test_a_film_without_words_is_not_changed_by_itself() -> None:
    assert film([parts(CLIP)[1]])[0].prompt == ""


def test_a_stored_image_may_be_a_part() -> None:
    image = {"type": "input_image", "file_id": "file-01kf11e0000000000000000001"}
    assert film([image])[0].references[0].file_id == "file-01kf11e0000000000000000001"


def test_names_of_characters_stay_in_the_prompt() -> None:
    assert film("@mossy waves at @kai")[0].prompt == "@mossy waves at @kai"


def test_system_and_developer_messages_never_reach_the_prompt() -> None:
    messages = [
        {"role": "system", "content": "16:9 {anime} task_" + ID},
        {"role": "developer", "content": [{"type": "text", "text": "Be bold."}]},
        {"role": "user", "content": "a cat"},
        {"role": "tool", "content": {"type": "text", "text": "42"}},
    ]
    wish, defaults = film(messages=messages)
    assert (wish.prompt, wish.style, wish.source) == ("a cat", None, None)
    assert str(defaults.size) == "720x1280"


def test_messages_may_be_the_json_text_of_a_form() -> None:
    from_form, _ = film(messages='[{"role": "user", "content": "a cat"}]')
    assert from_form.prompt == "a cat"
