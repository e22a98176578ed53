"""JSON Schema 2020-12 of wire structs, read from their annotations.

msgspec can do this too, but its `inspect` of our annotated unions (0.22) leaves a wrong reference
count behind: one process in seven that used it died of a segmentation fault when it ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, UnsetType

Schema = dict[str, Any]

_PLAIN: dict[type, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
_LIMITS = {
    "title": "title",
    "description": "description",
    "examples": "examples",
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
}
_LENGTHS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}

Refer = Callable[[type], Schema | None]
"""The schema of a class that is no struct, or None if it has none of its own."""


def generate_schemas(
    kinds: Sequence[Any], *, refer: Refer, reference: str
) -> tuple[list[Schema], dict[str, Schema]]:
    """The schema of each of `kinds`, and every struct and enum in them as a component.

    `reference` holds `{name}`. Raises TypeError for a type that has no schema.
    """
    named = list(_find_named(kinds))
    alike = Counter(each.__name__ for each in named)
    names = {
        each: each.__name__ if alike[each.__name__] == 1 else f"{each.__module__}.{each.__name__}"
        for each in named
    }
    generator = _Generator(names, refer, reference)
    components = {name: generator.component(each) for each, name in names.items()}
    return [generator.schema(kind) for kind in kinds], components


def find_structs(kinds: Sequence[Any]) -> set[type[msgspec.Struct]]:
    """Every struct that `kinds` are made of."""
    return {each for each in _find_named(kinds) if issubclass(each, msgspec.Struct)}


def _find_named(kinds: Sequence[Any]) -> Iterator[type]:
    """Every struct and every enum that `kinds` are made of, each once."""
    found: set[type] = set()
    waiting = list(reversed(kinds))
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct | Enum):
            if kind not in found:
                found.add(kind)
                yield kind
                if issubclass(kind, msgspec.Struct):
                    waiting += get_type_hints(kind, include_extras=True).values()
        elif get_origin(kind) is not Literal:
            waiting += [each for each in get_args(kind) if not isinstance(each, Meta)]


class _Generator:
    def __init__(self, names: dict[type, str], refer: Refer, reference: str) -> None:
        self._names = names
        self._refer = refer
        self._reference = reference

    def component(self, kind: type) -> Schema:
        """The schema of what has a name of its own."""
        described = {"title": kind.__name__}
        if kind.__doc__:
            described["description"] = cleandoc(kind.__doc__)
        if issubclass(kind, Enum):
            return {**described, **_enumeration([each.value for each in kind])}
        assert issubclass(kind, msgspec.Struct)  # noqa: S101  # nothing else is looked for
        return {**described, **self._fields(kind)}

    def _fields(self, struct: type[msgspec.Struct]) -> Schema:
        hints = get_type_hints(struct, include_extras=True)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        config = struct.__struct_config__
        if config.tag_field is not None:
            properties[config.tag_field] = {"const": config.tag}
            required.append(config.tag_field)
        for field in msgspec.structs.fields(struct):
            schema = self.schema(hints[field.name])
            if field.required:
                required.append(field.encode_name)
            elif field.default is not msgspec.NODEFAULT and field.default is not UNSET:
                schema["default"] = msgspec.to_builtins(field.default)
            properties[field.encode_name] = schema
        return {"type": "object", "properties": properties, "required": required}

    def schema(self, kind: Any) -> Schema:
        """The schema of any annotation."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._annotated(arguments[0], arguments[1:])
        if origin in (Union, UnionType):
            return self._union(arguments)
        if origin is Literal:
            return _enumeration(arguments)
        if origin is tuple and not arguments:
            # `tuple[()]`: a list of nothing.
            return {"type": "array", "maxItems": 0}
        if origin in (list, tuple, Sequence):
            return {"type": "array", "items": self.schema(arguments[0])}
        if origin is dict or kind is dict:
            values = arguments[1:]
            return {
                "type": "object",
                **({"additionalProperties": self.schema(values[0])} if values else {}),
            }
        return self._named(kind)

    def _named(self, kind: Any) -> Schema:
        if kind is Any:
            return {}
        if kind in self._names:
            return {"$ref": self._reference.format(name=self._names[kind])}
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        referred = self._refer(kind) if isinstance(kind, type) else None
        if referred is None:
            raise TypeError(f"{kind!r} has no schema.")
        return referred

    def _annotated(self, kind: Any, notes: Sequence[Any]) -> Schema:
        schema = self.schema(kind)
        for meta in notes:
            if not isinstance(meta, Meta):
                continue
            for name, word in _LIMITS.items():
                if (value := getattr(meta, name)) is not None:
                    schema[word] = value
            for length, word in zip(
                (meta.min_length, meta.max_length),
                _LENGTHS.get(schema.get("type", ""), ()),
                strict=False,
            ):
                if length is not None:
                    schema[word] = length
            schema |= meta.extra_json_schema or {}
        return schema

    def _union(self, kinds: Sequence[Any]) -> Schema:
        schemas = [self.schema(kind) for kind in kinds if kind is not UnsetType]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _enumeration(values: Sequence[Any]) -> Schema:
    listed = sorted(values, key=lambda value: (isinstance(value, str), value))
    return {"const": listed[0]} if len(listed) == 1 else {"enum": listed}
