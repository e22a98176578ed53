"""Form bodies come apart as they were put together, however they arrive."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import MalformedBody
from matinee.web.forms import FilePart, FormItem, MultipartReader, nest, parse_urlencoded

BOUNDARY = b"b1"
CONTENT_TYPE = b'multipart/form-data; boundary="b1"'


def encode(items: list[FormItem]) -> bytes:
    """`items` as a client writes them."""
    body = bytearray()
    for name, value in items:
        body += b'--b1\r\nContent-Disposition: form-data; name="' + name.encode() + b'"'
        if isinstance(value, FilePart):
            body += b'; filename="' + value.name.encode() + b'"'
            body += b"\r\nContent-Type: " + value.media_type.encode()
        data = value.data if isinstance(value, FilePart) else value.encode()
        body += b"\r\n\r\n" + data + b"\r\n"
    return bytes(body) + b"--b1--\r\n"


def read(body: bytes, *cuts: int) -> list[FormItem]:
    """`body` read in the pieces that `cuts` make."""
    reader = MultipartReader(CONTENT_TYPE)
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    for start, end in pairwise(places):
        reader.feed(body[start:end])
    return reader.items()


names = st.from_regex(r"[a-z_]{1,12}(\[[a-z]{0,5}\])?", fullmatch=True)
# A boundary inside a part would end it, as it must.
texts = st.text(st.characters(codec="utf-8"), max_size=60).filter(lambda text: "--b1" not in text)
files = st.binary(max_size=300).filter(lambda data: b"--b1" not in data)


@given(
    st.lists(
        st.tuples(
            names,
            texts | files.map(lambda data: FilePart(name="a b.png", media_type="x/y", data=data)),
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.integers(0, 5000), max_size=8),
)
def test_a_multipart_body_is_read_the_same_in_any_pieces(
    items: list[FormItem], cuts: list[int]
) -> None:
    assert read(encode(items), *cuts) == items


@pytest.mark.parametrize("cut", [10, 60, 95])
def test_a_multipart_body_that_ends_early_is_malformed(cut: int) -> None:
    body = encode([("prompt", "a cat on a stage, playing the piano with both paws")])
    with pytest.raises(MalformedBody, match="closing boundary"):
        read(body[:cut])


def test_garbage_is_malformed() -> None:
    with pytest.raises(MalformedBody, match="after 0 parts"):
        read(b"prompt=hello")


def test_a_part_without_a_name_is_malformed() -> None:
    with pytest.raises(MalformedBody, match=r"Part 1 .* no name"):
        read(b"--b1\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b1--\r\n")


def test_a_boundary_must_be_named() -> None:
    with pytest.raises(MalformedBody, match="boundary"):
        MultipartReader(b"multipart/form-data")


def test_text_that_is_no_utf8_names_its_field() -> None:
    with pytest.raises(MalformedBody, match=r"'prompt'.*byte 1"):
        read(b'--b1\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\xff\r\n--b1--\r\n')


def test_more_than_a_thousand_fields_are_refused() -> None:
    with pytest.raises(MalformedBody, match="1000 fields"):
        read(encode([("a", "1")] * 1001))


def test_an_urlencoded_body_is_read() -> None:
    assert parse_urlencoded(b"prompt=a+cat%21&seconds=4&style=") == [
        ("prompt", "a cat!"),
        ("seconds", "4"),
        ("style", ""),
    ]


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 1001)])
def test_a_broken_urlencoded_body_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        parse_urlencoded(body)


@pytest.mark.parametrize(
    ("names", "spelled"),
    [
        (["prompt"], {"prompt": "0"}),
        (["video[id]"], {"video": {"id": "0"}}),
        (["images[]", "images[]"], {"images": ["0", "1"]}),
        (["image", "image"], {"image": ["0", "1"]}),
        (["characters[][id]", "characters[][id]"], {"characters": [{"id": "0"}, {"id": "1"}]}),
        (["c[][id]", "c[][name]", "c[][id]"], {"c": [{"id": "0", "name": "1"}, {"id": "2"}]}),
        (["a[1]", "a[0]"], {"a": ["1", "0"]}),
        (["a[0][b]", "a[1][b]"], {"a": [{"b": "0"}, {"b": "1"}]}),
        (["a[b][c][]"], {"a": {"b": {"c": ["0"]}}}),
        (["a[b"], {"a[b": "0"}),
        (["[a]"], {"[a]": "0"}),
        (["a[" + "9" * 5000 + "]"], {"a": {"9" * 5000: "0"}}),
    ],
)
def test_bracket_names_spell_nesting(names: list[str], spelled: dict[str, object]) -> None:
    assert nest([(name, str(number)) for number, name in enumerate(names)]) == spelled


@pytest.mark.parametrize(
    "names",
    [
        ["a", "a[b]"],
        ["a[b]", "a"],
        ["a[]", "a[b]"],
        ["a[][]"],
        ["a[]", "a[][b]"],
        ["a" + "[b]" * 9],
    ],
)
def test_names_that_contradict_each_other_are_malformed(names: list[str]) -> None:
    with pytest.raises(MalformedBody):
        nest([(name, "x") for name in names])


@given(st.lists(st.tuples(st.text("ab[]0", max_size=12), st.just("x")), max_size=8))
def test_any_names_are_nested_or_refused(items: list[FormItem]) -> None:
    with suppress(MalformedBody):
        assert isinstance(nest(items), dict)


def test_a_reader_is_gone_with_its_last_user() -> None:
    reader = MultipartReader(CONTENT_TYPE)
    reader.feed(encode([("a", FilePart(name="a.png", media_type="image/png", data=b"x"))]))
    gone = weakref.ref(reader)
    gc.disable()
    try:
        del reader
        assert gone() is None
    finally:
        gc.enable()


def test_a_list_of_objects_may_come_key_by_key() -> None:
    fields = [("s[][p]", "a"), ("s[][p]", "b"), ("s[][d]", "3"), ("s[][d]", "5")]
    assert nest(fields) == {"s": [{"p": "a", "d": "3"}, {"p": "b", "d": "5"}]}
    mixed = [("s[][p]", "a"), ("s[][d]", "3"), ("s[][p]", "b")]
    assert nest(mixed) == {"s": [{"p": "a", "d": "3"}, {"p": "b"}]}


def test_what_could_belong_to_either_object_is_refused() -> None:
    with pytest.raises(MalformedBody, match="can't be told") as caught:
        nest([("s[][p]", "a"), ("s[][p]", "b"), ("s[][d]", "5")])
    assert caught.value.param == "s"
