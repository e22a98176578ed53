"""What is told of a model, and that it is what requests are checked against."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from matinee.core.route import Capabilities, Route
from matinee.core.size import Size
from matinee.core.video import Relation
from matinee.dialects.openai_videos.models import render_model
from matinee.policy.prices import prices_of

ABLE = Capabilities(
    sizes=(Size(1280, 720), Size(1080, 1920)),
    min_seconds=2,
    max_seconds=9,
    styles=("comic",),
    max_references=3,
    has_sound=True,
    relations=(Relation.REMIX, Relation.EXTEND),
    max_scenes=5,
    max_characters=2,
    fps_choices=(16,),
    options=("negative_prompt", "guidance"),
)
ROUTE = Route.to("sora-2", "painter", ABLE)
MICROS = {"sora-2": {"720p": 0.1, "1080x1920": 0.7}}


def test_a_document_tells_everything_that_a_model_can_make() -> None:
    route = replace(ROUTE, prices=prices_of(ROUTE, MICROS))
    assert msgspec.to_builtins(render_model("sora-2", route)) == {
        "id": "sora-2",
        "object": "model",
        "created": 1_759_708_800,
        "owned_by": "matinee",
        "root": "sora-2",
        "preset": {},
        "capabilities": {
            "engine": "painter",
            "engines": ["painter"],
            "is_test": False,
            "sizes": ["1280x720", "1080x1920"],
            "seconds": {"min": 2, "max": 9},
            "fps": 24,
            "frame_rates": [16, 24],
            "sound": True,
            "options": ["negative_prompt", "guidance_scale"],
            "inputs": ["text", "image", "film", "characters", "storyboard"],
            "relations": ["remix", "extend"],
            "styles": ["comic"],
            "limits": {
                "images": 3,
                "scenes": 5,
                "characters": 2,
                "extensions": 6,
                "extended_seconds": 120,
            },
            "pricing": {"per_second": {"1080x1920": 0.7, "720p": 0.1}, "currency": "USD"},
        },
    }


def test_a_model_that_only_reads_says_so() -> None:
    able = Capabilities(sizes=(), min_seconds=2, max_seconds=9, max_references=0)
    document = render_model("sora-2", Route.to("sora-2", "painter", able)).capabilities
    assert document.inputs == ["text"]
    assert (document.relations, document.sound, document.pricing) == ([], False, None)
    assert (document.limits.extensions, document.limits.extended_seconds) == (0, 9)


def test_a_name_with_parts_tells_what_it_presets() -> None:
    document = msgspec.to_builtins(render_model("sora-2-landscape-hd-10s", ROUTE))
    assert (document["id"], document["root"]) == ("sora-2-landscape-hd-10s", "sora-2")
    assert document["preset"] == {"orientation": "landscape", "seconds": 10, "size_class": "large"}
