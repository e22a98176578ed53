"""Form bodies: multipart and urlencoded, with the bracket names by which forms spell nesting."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from matinee.core.errors import MalformedBody, TooLarge
from matinee.web.spool import Spool, SpooledFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MAX_FIELDS = 1000
_MAX_BRACKETS = 8
_PLACE = re.compile(r"[0-9]{1,9}")
_COLUMN = re.compile(r"([^\[\]]+)\[\]\[([^\[\]]+)\]")
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")

_MIB = 1024 * 1024
_SPOOLED_FROM_BYTES = _MIB
_MOST_HELD_BYTES = 8 * _MIB
"""What a form may hold in memory before its smaller files go to the disk, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file of a multipart body. Its name and type are the client's words, not facts.

    A large one is not in `data`: it lies at `path` until its request is over.
    """

    name: str
    media_type: str
    data: bytes
    path: Path | None = None
    spooled_sha256: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not self.data and self.path is None

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal."""
        return self.spooled_sha256 or hashlib.sha256(self.data).hexdigest()


FormItem = tuple[str, "str | FilePart"]


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    data: bytearray = field(default_factory=bytearray)
    name: str = ""
    filename: str | None = None
    size_bytes: int = 0
    spooled: SpooledFile | None = None


class MultipartReader:
    """Takes a multipart body apart while it streams in; the caller limits its size.

    A file of more than `file_bytes` is refused; a large one goes to `spool`, if there is one.
    So are texts of more than `text_bytes` together: those stay in memory.
    """

    def __init__(
        self,
        content_type: bytes,
        *,
        spool: Spool | None = None,
        file_bytes: int | None = None,
        text_bytes: int | None = None,
    ) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise MalformedBody("The Content-Type of a multipart body must name its boundary.")
        self._parts = _Parts(spool, file_bytes, text_bytes)
        try:
            self._parser = MultipartParser(boundary, self._parts.callbacks())
        except FormParserError as error:
            raise MalformedBody("The boundary of the multipart body is too long.") from error

    def feed(self, data: bytes) -> None:
        """Read the next piece. Raises MalformedBody."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise MalformedBody(
                f"The multipart body is malformed after {len(self._parts.items)} parts: {error}."
            ) from error

    def items(self) -> list[FormItem]:
        """Every part with its name, in order. Raises MalformedBody if the end is not there."""
        items = self._parts.items
        if not self._parts.ended:
            raise MalformedBody(
                f"The multipart body ends in the middle, after {len(items)} whole parts: "
                "its closing boundary is missing."
            )
        return items


class _Parts:
    """What the parser tells, gathered.

    It does not know the parser: in a circle, big files would stay in memory long after their
    request.
    """

    def __init__(self, spool: Spool | None, file_bytes: int | None, text_bytes: int | None) -> None:
        self._spool = spool
        self._file_bytes = file_bytes
        self._text_bytes = text_bytes
        self._texts_have_bytes = 0
        self._held_bytes = 0
        self.items: list[FormItem] = []
        self.ended = False
        self._part = _Part()

    def callbacks(self) -> MultipartCallbacks:
        """Whom the parser tells."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.items) >= _MAX_FIELDS:
            raise MalformedBody(f"The form has more than {_MAX_FIELDS} fields.")
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[bytes(part.header_name).lower()] = bytes(part.header_value)
        part.header_name, part.header_value = bytearray(), bytearray()

    def _headers_end(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition", b""))
        name, filename = options.get(b"name"), options.get(b"filename")
        if not name:
            raise MalformedBody(f"Part {len(self.items) + 1} of the multipart body has no name.")
        part.name = _decode(name, "a part's name")
        part.filename = None if filename is None else filename.decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size_bytes += end - start
        if part.filename is None:
            self._texts_have_bytes += end - start
            self._check_texts(part)
        else:
            self._check_file(part)
        if part.spooled is not None:
            part.spooled.write(data[start:end])
            return
        part.data += data[start:end]
        self._held_bytes += end - start
        if self._spool is not None and self._is_too_large_for_memory(part):
            part.spooled = self._spool.open()
            part.spooled.write(part.data)
            self._held_bytes -= len(part.data)
            part.data = bytearray()

    def _is_too_large_for_memory(self, part: _Part) -> bool:
        is_large = part.size_bytes > _SPOOLED_FROM_BYTES or self._held_bytes > _MOST_HELD_BYTES
        return part.filename is not None and is_large

    def _check_texts(self, part: _Part) -> None:
        if self._text_bytes is not None and self._texts_have_bytes > self._text_bytes:
            raise TooLarge(
                f"The texts of the form are larger than {self._text_bytes / _MIB:g} MiB together. "
                f"If '{part.name}' is a file, send it with a file name.",
                param=part.name,
            )

    def _check_file(self, part: _Part) -> None:
        if self._file_bytes is not None and part.size_bytes > self._file_bytes:
            raise TooLarge(
                f"The file '{part.name}' is larger than {self._file_bytes / _MIB:g} MiB.",
                param=part.name,
            )

    def _end(self) -> None:
        part = self._part
        if part.filename is None:
            self.items.append((part.name, _decode(part.data, f"the field '{part.name}'")))
            return
        media_type = part.headers.get(b"content-type", b"application/octet-stream")
        if part.spooled is not None:
            part.spooled.finish()
        file = FilePart(
            name=part.filename,
            media_type=media_type.decode("latin-1"),
            data=bytes(part.data),
            path=part.spooled.path if part.spooled else None,
            spooled_sha256=part.spooled.sha256 if part.spooled else None,
        )
        part.data = bytearray()  # not kept twice: films come this way too
        self.items.append((part.name, file))

    def _finish(self) -> None:
        self.ended = True


def parse_urlencoded(body: bytes) -> list[FormItem]:
    """The fields of `a=1&b=2`. Raises MalformedBody."""
    try:
        return list(
            parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MAX_FIELDS,
            )
        )
    except ValueError as error:
        raise MalformedBody(f"The form body can't be read: {error}.") from error


def nest(items: Iterable[FormItem]) -> dict[str, Any]:
    """Fields as the JSON object that they spell.

    `a[b]` is a key of an object, `a[]` appends to a list, `a[][b]` begins a new object whenever the
    last one has its `b` already, and `a[0]` counts. A name that comes twice makes a list.
    Raises MalformedBody where two names contradict each other, or leave open what belongs to what.
    """
    root: dict[str, Any] = {}
    for name, value in _numbered(list(items)):
        spelled = _NAME.fullmatch(name)
        if spelled is None:
            root[name] = value
            continue
        keys = [spelled.group(1), *re.findall(r"\[([^\[\]]*)\]", spelled.group(2))]
        if len(keys) > _MAX_BRACKETS:
            raise MalformedBody(f"The field '{name[:80]}' is nested too deep.")
        if not _insert(root, keys, value):
            raise MalformedBody(f"The field '{name[:80]}' contradicts another field's name.")
    return {key: _count(value) for key, value in root.items()}


def _numbered(items: list[FormItem]) -> list[FormItem]:
    """`items`, with the objects of a list numbered that come key by key.

    The SDKs write a list of objects so: all its `a[][b]`, then all its `a[][c]`.
    """
    columns: dict[str, dict[str, list[int]]] = {}
    for place, (name, _) in enumerate(items):
        if column := _COLUMN.fullmatch(name):
            columns.setdefault(column[1], {}).setdefault(column[2], []).append(place)
    renamed = [name for name, _ in items]
    for listed, keys in columns.items():
        counts = {key: len(places) for key, places in keys.items()}
        most = max(counts, key=lambda key: counts[key])
        by_key = all(places[-1] - places[0] < len(places) for places in keys.values())
        if len(keys) < 2 or counts[most] < 2 or not by_key:
            continue
        for key, places in keys.items():
            if counts[key] != counts[most]:
                raise MalformedBody(
                    f"'{listed}[][{key}]' comes {counts[key]} times and '{listed}[][{most}]' "
                    f"{counts[most]} times, so it can't be told what belongs together. Number "
                    f"them, as in '{listed}[0][{key}]', or send '{listed}' as JSON.",
                    param=listed,
                )
            for number, place in enumerate(places):
                renamed[place] = f"{listed}[{number}][{key}]"
    return [(name, value) for name, (_, value) in zip(renamed, items, strict=True)]


def _insert(node: dict[str, Any], keys: list[str], value: str | FilePart) -> bool:
    """Put `value` where `keys` lead; whether that was possible."""
    key, rest = keys[0], keys[1:]
    if not rest:
        if key in node:
            return _append(node, key, value)
        node[key] = value
        return True
    if rest[0] != "":
        child = node.setdefault(key, {})
        return isinstance(child, dict) and _insert(child, rest, value)
    if len(rest) == 1:
        node.setdefault(key, [])
        return _append(node, key, value)
    return rest[1] != "" and _insert_into_list(node.setdefault(key, []), rest[1:], value)


def _insert_into_list(listed: Any, keys: list[str], value: str | FilePart) -> bool:
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        return False
    if not listed or (keys[0] in listed[-1] and len(keys) == 1):
        listed.append({})
    return _insert(listed[-1], keys, value)


def _append(node: dict[str, Any], key: str, value: str | FilePart) -> bool:
    if isinstance(node[key], dict):
        return False
    if not isinstance(node[key], list):
        node[key] = [node[key]]
    node[key].append(value)
    return True


def _count(value: Any) -> Any:
    """`value` with every object whose keys are all numbers made a list."""
    if isinstance(value, list):
        return [_count(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value and all(map(_PLACE.fullmatch, value)):
        return [_count(value[key]) for key in sorted(value, key=int)]
    return {key: _count(each) for key, each in value.items()}


def _decode(data: bytes | bytearray, what: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(
            f"The text of {what} is no UTF-8: byte {error.start} can't be read."
        ) from error
