"""The one reader of request fields: lenient in how a value is written, strict in what it means.

Clients send the same thing as JSON, as form text and in query parameters, under several names.
Whatever is at fault is named as the client spelled it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from matinee.core.errors import InvalidRequest, InvalidType, MatineeError, shown
from matinee.web.forms import FilePart

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
_WHOLE = re.compile(r"[+-]?\d{1,19}(?:\.0{1,18})?", re.ASCII)


class Fields:
    """The values of one request, by the names that `aliases` gives them.

    A body's value wins over a query parameter, and that over one of `metadata`, the object in
    which some formats put what they have no field for. None and a blank text count as absent, and
    a list of one as the one. `aliases` leads from our name to every name that clients use for it.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        query: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._values = values
        self._sources = (("", values), ("", query or {}), ("metadata.", metadata or {}))
        self._aliases = aliases or {}
        self._spellings: dict[str, str] = {}
        self._asked: set[str] = set()

    @property
    def unread(self) -> list[str]:
        """The names in the body that were never asked for."""
        return [name for name in self._values if name not in self._asked]

    def spelling(self, name: str) -> str:
        """How the client spelled the field, as far as it was read; else `name`."""
        return self._spellings.get(name, name)

    def spell(self, name: str, spelling: str) -> None:
        """Note that what we call `name` came from the client's field `spelling`."""
        self._spellings[name] = spelling

    @contextmanager
    def as_spelled(self) -> Iterator[None]:
        """Within it, an error that names one of our fields names the client's instead."""
        try:
            yield
        except MatineeError as error:
            if error.param is not None:
                error.param = self.spelling(error.param)
            raise

    def value(self, name: str) -> Any:
        """The field as it came; None if it is absent."""
        for prefix, source in self._sources:
            for spelled in self._names(name):
                found = source.get(spelled)
                if not _is_absent(found):
                    self._spellings[name] = prefix + spelled
                    return found
        return None

    def text(self, name: str) -> str | None:
        """A text, without the blanks around it. Raises InvalidType."""
        value = self._single(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._mistyped(name, "a string", value)
        return self.clean(name, value).strip() or None

    def whole(self, name: str) -> int | None:
        """A whole number, also written as text or with a zero fraction.

        Raises InvalidType or InvalidRequest.
        """
        value = self._single(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, float):
            if value.is_integer():
                return int(value)
            raise self._unsupported(name, value, "whole numbers")
        if not isinstance(value, str):
            raise self._mistyped(name, "a whole number", value)
        text = value.strip()
        if not _WHOLE.fullmatch(text):
            raise self._unsupported(name, value, "whole numbers")
        return int(text.partition(".")[0])

    def flag(self, name: str) -> bool | None:
        """Yes or no, in any usual word. Raises InvalidType or InvalidRequest."""
        value = self._single(name)
        if value is None or isinstance(value, bool):
            return value
        if not isinstance(value, str | int):
            raise self._mistyped(name, "a boolean", value)
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            raise self._unsupported(name, value, "true and false")
        return word in _TRUE

    def many(self, name: str) -> list[tuple[str, Any]]:
        """Every value under every name of the field, with the name it came under."""
        found: list[tuple[str, Any]] = []
        for prefix, source in self._sources:
            for spelled in self._names(name):
                value = source.get(spelled)
                listed = value if isinstance(value, list) else [value]
                found += [(prefix + spelled, each) for each in listed if not _is_absent(each)]
        return found

    def clean(self, name: str, text: str) -> str:
        """`text`, if no database or file would choke on it. Raises InvalidRequest."""
        return clean_text(self.spelling(name), text)

    def _names(self, name: str) -> tuple[str, ...]:
        """Every name that clients use for the field; it counts as asked for now."""
        names = self._aliases.get(name, (name,))
        self._asked.update(names)
        return names

    def _single(self, name: str) -> Any:
        value = self.value(name)
        if isinstance(value, list) and len(value) == 1:
            return value[0]
        return None if value == [] else value

    def _mistyped(self, name: str, wanted: str, value: object) -> InvalidType:
        return mistyped(self.spelling(name), wanted, value)

    def _unsupported(self, name: str, value: object, allowed: str) -> InvalidRequest:
        return unsupported(self.spelling(name), value, allowed)


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def clean_text(param: str, text: str) -> str:
    """`text` of the field `param`, if no database or file would choke on it.

    Raises InvalidRequest.
    """
    if "\x00" in text:
        raise InvalidRequest(f"'{param}' holds a NUL character, which no text may.", param=param)
    return text


def mistyped(param: str, wanted: str, value: object) -> InvalidType:
    """The error for a field that holds another JSON type than it may."""
    return InvalidType(
        f"Invalid type for '{param}': expected {wanted}, but got {_type_name(value)} instead.",
        param=param,
    )


def unsupported(param: str, value: object, allowed: str) -> InvalidRequest:
    """The error for a value that the field does not take; `allowed` says what it does."""
    return InvalidRequest(
        f"Invalid value: '{shown(value)}'. Supported values are: {allowed}.", param=param
    )


def _type_name(value: object) -> str:
    """What JSON calls the type of `value`, with its article."""
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a number"),
        (str, "a string"),
        (dict, "an object"),
        (list, "an array"),
        (FilePart, "a file"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")
