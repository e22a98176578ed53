"""JSON Schema from annotations."""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from matinee.web.json_schema import Schema, find_structs, generate_schemas


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(msgspec.Struct):
    """A leaf."""

    colour: Colour
    size: Annotated[int, Meta(ge=1, le=9)] = 3


class Tree(msgspec.Struct, kw_only=True):
    name: Annotated[str, Meta(min_length=1, pattern="^a", description="Its name.")]
    leaves: list[Leaf]
    by_name: dict[str, Leaf] | None = None
    kind: Literal["tree"] = "tree"
    note: str | UnsetType = UNSET
    nothing: tuple[()] = ()
    any: Any = None


class Bark(msgspec.Struct, tag_field="type", tag="bark"):
    depth: float


class Foreign:
    pass


def generate(*kinds: Any) -> tuple[list[Schema], dict[str, Schema]]:
    return generate_schemas(kinds, refer=lambda _: None, reference="#/{name}")


def test_a_struct_refers_to_the_structs_and_enums_in_it() -> None:
    (schema,), components = generate(Tree)
    assert schema == {"$ref": "#/Tree"}
    assert set(components) == {"Tree", "Leaf", "Colour"}
    assert components["Leaf"] == {
        "title": "Leaf",
        "description": "A leaf.",
        "type": "object",
        "properties": {
            "colour": {"$ref": "#/Colour"},
            "size": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        },
        "required": ["colour"],
    }
    assert components["Colour"]["enum"] == ["blue", "red"]


def test_every_kind_of_field_has_its_schema() -> None:
    fields = generate(Tree)[1]["Tree"]["properties"]
    assert fields["name"] == {
        "type": "string",
        "minLength": 1,
        "pattern": "^a",
        "description": "Its name.",
    }
    assert fields["leaves"] == {"type": "array", "items": {"$ref": "#/Leaf"}}
    assert fields["by_name"]["anyOf"] == [
        {"type": "object", "additionalProperties": {"$ref": "#/Leaf"}},
        {"type": "null"},
    ]
    assert fields["kind"] == {"const": "tree", "default": "tree"}
    assert fields["note"] == {"type": "string"}
    assert fields["nothing"]["maxItems"] == 0
    assert fields["any"] == {"default": None}


def test_a_tagged_struct_says_its_tag() -> None:
    bark = generate(Bark)[1]["Bark"]
    assert bark["properties"]["type"] == {"const": "bark"}
    assert bark["required"] == ["type", "depth"]


def test_a_class_of_ones_own_is_asked_for() -> None:
    schemas, _ = generate_schemas([Foreign], refer=lambda _: {"$ref": "there"}, reference="{name}")
    assert schemas == [{"$ref": "there"}]
    with pytest.raises(TypeError, match="Foreign"):
        generate(Foreign)


def test_structs_are_found_once() -> None:
    assert find_structs([Tree, Leaf, list[Tree]]) == {Tree, Leaf}


def test_a_process_that_made_the_document_ends_well() -> None:
    code = (
        "from tests.houses import routes_of\n"
        "from matinee.dialects import chat, links, openai_videos, unified\n"
        "from matinee.web.openapi import make_document\n"
        "chapters = [each.CHAPTER for each in (openai_videos, unified, chat, links)]\n"
        "make_document(chapters, routes=routes_of('sora-2'), version='1')\n"
    )
    ends = [subprocess.run([sys.executable, "-c", code], check=False) for _ in range(3)]
    assert [each.returncode for each in ends] == [0, 0, 0]
