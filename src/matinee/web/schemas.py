"""Wire structs as JSON Schema 2020-12, the dialect of OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.policy.lineage import LEAST_SEGMENT_S, MOST_SEGMENT_S
from matinee.policy.routing import Routes
from matinee.web.json_schema import Schema, find_structs, generate_schemas

_REFERENCE = "#/components/schemas/{name}"
_SIZE_WORDS = ("720p", "1080p", "small", "large", "hd")
_EXAMPLE_SIZE = Size(1280, 720)


class ModelName:
    """Stands in a struct for the name of a model."""


class FilmSize:
    """Stands in a struct for the size of a film."""


class FilmSeconds:
    """Stands in a struct for the length of a film."""


class AddedSeconds(FilmSeconds):
    """Stands in a struct for the length of what an extension adds."""


class FilmStyle:
    """Stands in a struct for the style of a film."""


AnySize = Annotated[
    str,
    Meta(
        pattern="^([1-9][0-9]{0,4}[:xX][1-9][0-9]{0,4}|360p|480p|720p|768p|1080p|1k|2k|4k|small|"
        "large|hd)$"
    ),
]
"""Pixels, a shape such as `16:9`, or a class in words."""

_VOCABULARY = (ModelName, FilmSize, FilmSeconds, AddedSeconds, FilmStyle)

Flag = bool | Literal[0, 1, "true", "false", "yes", "no", "on", "off", "0", "1"] | None
"""Yes or no in any usual word."""

WrittenText = Annotated[str, Meta(min_length=1, max_length=32_000, pattern=r"\S")]
"""A text that says something."""

FileBytes = Annotated[str, Meta(extra_json_schema={"format": "binary"})]
"""A file of a multipart body."""


def vocabulary(routes: Routes) -> dict[str, Schema]:
    """The values that the models of `routes` decide, as components."""
    able = [route.capabilities for route in routes.by_model.values()]
    least, most = min(each.min_seconds for each in able), max(each.max_seconds for each in able)
    return {
        ModelName.__name__: _model_names(list(routes.by_model)),
        FilmSize.__name__: _sizes(able),
        FilmSeconds.__name__: _seconds(least, most),
        AddedSeconds.__name__: _seconds(LEAST_SEGMENT_S, min(MOST_SEGMENT_S, most)),
        FilmStyle.__name__: {
            "description": "The look of the film, in any case.",
            "type": "string",
            "enum": sorted({style for each in able for style in each.styles}),
        },
    }


def request_schemas(
    kinds: Sequence[Any], forms: Sequence[Any]
) -> tuple[list[Schema], dict[str, Schema]]:
    """The schema of each of `kinds`, which clients send, and the components they refer to.

    Unknown fields are allowed, and null counts as absent; `forms` among them know no null.
    """
    schemas, components = _generate(kinds)
    names_of_forms = {form.__name__ for form in forms}
    for name, component in components.items():
        if component.get("type") != "object":
            continue
        component["additionalProperties"] = True
        properties: dict[str, Schema] = component.get("properties", {})
        for field in properties.values():
            field.pop("default", None)
            if name in names_of_forms:
                _forbid_null(field)
        needed = {name: properties[name] for name in component.get("required", ())}
        component["properties"] = needed | properties
    return schemas, components


def reply_schemas(
    kinds: Sequence[Any], notes: Mapping[str, Mapping[str, str]]
) -> tuple[list[Schema], dict[str, Schema]]:
    """The schema of each of `kinds`, which the server sends, and the components they refer to.

    `notes` describe fields by the names of struct and field.
    """
    schemas, components = _generate(kinds)
    structs = find_structs(kinds)
    sparing = {each.__name__ for each in structs if each.__struct_config__.omit_defaults}
    for component in components.values():
        title = component.get("title", "")
        described = notes.get(title, {})
        properties: dict[str, Schema] = component.get("properties", {})
        # A default is sent as well, unless the struct spares it; what is unset is left out.
        always = [name for name, field in properties.items() if "default" in field]
        if properties and title not in sparing:
            component["required"] = [*component.get("required", ()), *always]
        for name, field in properties.items():
            field.pop("default", None)
            if name in described:
                field["description"] = described[name]
    return schemas, components


def _forbid_null(field: Schema) -> None:
    choices = [each for each in field.pop("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        field.update({**choices[0], **field})
    elif choices:
        field["anyOf"] = choices


def _generate(kinds: Sequence[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    schemas, components = generate_schemas(kinds, refer=_refer, reference=_REFERENCE)
    short = {name: _short(name) for name in components}
    renamed = _rename({"schemas": list(schemas), "components": dict(components)}, short)
    return renamed["schemas"], {short[name]: renamed["components"][name] for name in components}


def _refer(kind: type) -> Schema | None:
    if kind not in _VOCABULARY:
        return None
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def _short(name: str) -> str:
    """`matinee.dialects.chat.wire.Usage`, spelled in full where two are alike, as `ChatUsage`."""
    *rooms, own = name.split(".")
    if not rooms:
        return name
    room = rooms[rooms.index("dialects") + 1] if "dialects" in rooms else rooms[-1]
    return "".join(word.capitalize() for word in room.split("_")) + own


def _rename(value: Any, short: Mapping[str, str]) -> Any:
    """`value` with every reference to a component by its short name."""
    if isinstance(value, list):
        return [_rename(each, short) for each in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _rename(each, short) for key, each in value.items()}
    reference = renamed.get("$ref")
    if isinstance(reference, str):
        prefix, _, name = reference.rpartition("/")
        renamed["$ref"] = f"{prefix}/{short.get(name, name)}"
    return renamed


def _model_names(models: Sequence[str]) -> Schema:
    return {
        "description": "A model of this server. Names with parts, such as "
        "`sora-2-landscape-10s`, are read as what they say; unknown names are 404.",
        "type": "string",
        "maxLength": 200,
        "anyOf": [{"enum": list(models)}, {"pattern": "^[ -~]*$"}],
        "examples": list(models[:1]),
    }


def _sizes(able: Sequence[Capabilities]) -> Schema:
    sizes = sorted({size for each in able for size in each.sizes})
    # Two digits are a shape; more are pixels, and those are listed.
    shape = "^[1-9][0-9]?[:xX][1-9][0-9]?$"
    return {
        "description": "Width and height in pixels, a class in words (the shape comes from "
        "elsewhere), or a shape such as `16:9`. Models differ in what they make: see their "
        "capabilities at `/v1/models`.",
        "type": "string",
        "anyOf": [{"enum": [*map(str, sizes), *_SIZE_WORDS]}, {"pattern": shape}],
        "examples": [str(_EXAMPLE_SIZE if _EXAMPLE_SIZE in sizes else sizes[0])],
    }


def _seconds(least: int, most: int) -> Schema:
    written = "|".join(str(seconds) for seconds in range(least, most + 1))
    return {
        "description": f"Whole seconds from {least} to {most}, as a number or as text, also "
        "with an `s` at its end.",
        "anyOf": [
            {"type": "string", "pattern": f"^({written})s?$"},
            {"type": "integer", "minimum": least, "maximum": most},
        ],
        "examples": [str(max(least, min(8, most)))],
    }
