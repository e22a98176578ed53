"""The strict reading of URLs, and its agreement with other parsers."""

from __future__ import annotations

import random
from contextlib import suppress
from urllib.parse import urlsplit

import httptools
import httpx
import pytest

from matinee.net.addresses import is_public
from matinee.net.url import GuardedUrl, parse_reference, parse_url

CASES = 100_000

PARTS = {
    "scheme": ["http", "https"] * 10 + ["HTTP", "hTTps", "ftp", "file", "", "http\n", " http"],
    "colon": ["://"] * 40 + [":", ":/", ":///", ":\\\\", "//", ":/\\", "", "：//"],
    "userinfo": [""] * 40 + ["a@", "a:b@", "@", ":@", "a@b@", "a%40", "a\\@", "a#@", "a/@", "a?@"],
    "host": [
        *["films.example", "a.b", "EXAMPLE.com", "a_b.example", "xn--bcher-kva.example"] * 4,
        *["[2606:4700::1111]", "93.184.215.14", "a-b.c-d.example", "1a.2b", "8.8.8.8"] * 4,
        *["127.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "a..b"],
        *["1.2.3", "a.1", "a.0x1", "①②⑦.0.0.1", "bücher.example", "a b", "a%2eb",
        "[fe80::1%25lo]"],
        *["", ".", "[", "]", "[]", "[::1", "-a.b", "a-.b", "xn--a", "127。0。0。1", "a,b", "$a"],
        *["films.example.", "a\tb", "[2606:4700::AAAA]", "[2606:4700:0::1]"],
    ],
    "port": [
        *[""] * 20, ":80", ":443", ":8443", ":1", ":65535",
        ":", ":0", ":080", ":65536", ":-1", ":a", ":80:81", ":８０",
    ],
    "path": [
        *["/", "/cat.png", "/a/../b", "//c", "/@d", "/a:b@c", "/%2e", "/ü", "/[]"] * 2,
        "", "/%zz", "\\", "a", " ",
    ],
    "query": [""] * 10 + ["?a=b", "?", "?@c", "?a=/b", "?[]={}|^`", "?a b", "?http://b/"],
    "fragment": [""] * 10 + ["#", "#@b", "#/", "#a?b"],
}  # fmt: skip
NOISE = "/\\?#@:.[]%\t\n\r\x00\x0b \u00ad\u3002\uff0f\uff0e\u2044\u2048-_~!$&'()*+,;=aZ09é٠"


def random_url(source: random.Random) -> str:
    """Parts put together, every second time with a sign or two inserted, changed or left out."""
    text = "".join(source.choice(choices) for choices in PARTS.values())
    for _ in range(source.choice((0, 0, 1, 2))):
        at = source.randrange(len(text) + 1)
        text = text[:at] + source.choice(NOISE) + text[at + source.choice((0, 1)) :]
    return text


def accepted(text: str) -> GuardedUrl | None:
    try:
        return parse_url(text)
    except ValueError:
        return None


def readings(text: str) -> set[tuple[str, str | None, int]]:
    """Scheme, host and port as other parsers read them, if they take the URL at all."""
    split, client = urlsplit(text), httpx.URL(text)
    found = [
        (split.scheme, split.hostname, split.port),
        (client.scheme, client.raw_host.decode(), client.port),
    ]
    # The third one knows no underscore in a host and no letters beyond ASCII.
    with suppress(httptools.HttpParserInvalidURLError):
        node = httptools.parse_url(text.encode())
        found.append((node.schema.decode().lower(), node.host.decode().lower(), node.port))
    usual = {"http": 80, "https": 443}
    return {(scheme, host, port or usual[scheme]) for scheme, host, port in found}


@pytest.mark.parametrize("seed", range(4))
def test_a_url_that_parsers_read_differently_is_refused(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - cases to be replayed
    urls = [random_url(source) for _ in range(CASES // 4)]
    taken = {text: url for text in urls if (url := accepted(text))}
    # Without a fair share of accepted URLs there would be nothing to disagree about.
    assert len(taken) > len(urls) // 20
    disagreements = {
        text
        for text, url in taken.items()
        if readings(text) | readings(str(url)) != {(url.scheme, url.host, url.port)}
    }
    assert disagreements == set()


def test_reading_the_canonical_text_again_changes_nothing() -> None:
    source = random.Random(7)  # noqa: S311 - cases to be replayed
    urls = [url for _ in range(CASES // 20) if (url := accepted(random_url(source)))]
    assert [parse_url(str(url)) for url in urls] == urls


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://films.example", "https://films.example/"),
        ("HTTPS://Films.EXAMPLE:443/Cat.png", "https://films.example/Cat.png"),
        ("http://films.example:8443/a?b=c/d&e[]=1", "http://films.example:8443/a?b=c/d&e[]=1"),
        ("https://films.example/a#b?c", "https://films.example/a"),
        ("https://films.example/图/猫.png", "https://films.example/%E5%9B%BE/%E7%8C%AB.png"),
        ("https://films.example/a%20b%2Fc", "https://films.example/a%20b%2Fc"),
        ("https://films.example/@a/b:c", "https://films.example/@a/b:c"),
        ("http://8.8.8.8/a", "http://8.8.8.8/a"),
        ("http://[2606:4700::1111]:80/a", "http://[2606:4700::1111]/a"),
        ("https://a_b.xn--bcher-kva.example/", "https://a_b.xn--bcher-kva.example/"),
    ],
)
def test_an_ordinary_url_is_read_into_its_canonical_text(text: str, canonical: str) -> None:
    assert str(parse_url(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "films.example/", "//films.example/", "ftp://films.example/", "http:films.example/",
        "http:/films.example/", "http:///films.example/", "http://films.example:/",
        "http://films.example:080/", "http://films.example:65536/", "http://films.example:x/",
        "http://a@films.example/", "http://@films.example/", "http://films.example?a", "http://a.b#c",
        "http://films.example\\a", "http://films.example/\\a", "http://films.example/a b",
        "http://films.example/\t", "http://films.example/\u00ad", "http://films.example/\ud800",
        "http://films.example/%", "http://films.example/%2", "http://films.example/%zz",
        "http://films.example/a?%g0", "http://films.example./", "http://.films.example/",
        "http://films..example/", "http://-films.example/", "http://films-.example/",
        "http://films%2eexample/", "http://films,example/", "http://bücher.example/",
        "http://films.1/", "http://films.0x1/", "http://films.0x/", "http://1.2.3/", "http://8.8.8.08/",
        "http://[8.8.8.8]/", "http://[2606:4700::AAAA]/", "http://[2606:4700:0::1]/",
        "http://[2606:4700::1111%25lo]/", "http://2606:4700::1111/", "http://[2606:4700::1111/",
        "http://" + "a" * 64 + ".example/", "http://" + "a." * 124 + "example/",
        "http://films.example/" + "a" * 8192, "",
    ],
)  # fmt: skip
def test_a_url_of_an_odd_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_url(text)


def test_the_address_of_a_url_is_known_only_if_it_is_written_there() -> None:
    address = parse_url("http://[2606:4700::1111]/").address
    assert address is not None
    assert is_public(address)
    assert parse_url("http://films.example/").address is None


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/b.png", "https://films.example:8443/b.png"),
        ("b.png?c", "https://films.example:8443/folder/b.png?c"),
        ("../b.png#c", "https://films.example:8443/b.png"),
        ("../../../b.png", "https://films.example:8443/b.png"),
        ("?page=2", "https://films.example:8443/folder/a.png?page=2"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example/b", "http://other.example/b"),
    ],
)
def test_a_redirect_may_be_relative(reference: str, target: str) -> None:
    base = parse_url("https://films.example:8443/folder/a.png")
    assert str(parse_reference(reference, base)) == target


@pytest.mark.parametrize(
    "reference", ["https:b.png", "https:/b.png", "///other.example", "\\b", "/ b", "\tb", "//a@b"]
)
def test_a_redirect_that_parsers_read_differently_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_reference(reference, parse_url("https://films.example/a.png"))
