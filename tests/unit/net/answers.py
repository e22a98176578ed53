"""Hostile servers (class 13), sizes (class 14) and contents (class 15) of section 9.1."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from dataclasses import dataclass

from matinee.core.errors import AddressRefused, MatineeError, TooLarge
from tests.unit.net.outside import Serve, holding, repeating, replying

LIMIT_BYTES = 10_000

_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"


async def _half_close(
    head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write_eof()
    await reader.read()


async def _reset(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_OK)
    writer.transport.abort()


SLOW: dict[str, Serve] = {
    "says nothing": holding(),
    "half a status line": holding(b"HTTP/1.1 20"),
    "a status line": holding(_OK),
    "a head without end": holding(_OK + b"Content-Type: image/png\r\n"),
    "a head field by field": repeating(b"X-More: 1\r\n", after=_OK, every_s=0.02),
    "a head letter by letter": repeating(b"a", after=_OK + b"X-", every_s=0.02),
    "a status line letter by letter": repeating(b"1", after=b"HTTP/1.1 ", every_s=0.02),
    "100 and then nothing": holding(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 again and again": repeating(b"HTTP/1.1 100 Continue\r\n\r\n", every_s=0.02),
    "103 again and again": repeating(b"HTTP/1.1 103 Early Hints\r\n\r\n", every_s=0.02),
    "a field of 300 kB": holding(_OK + b"X-Big: " + b"a" * 300_000),
    "fields without end": repeating(b"X-More: 1\r\n" * 1000, after=_OK),
    "no body": holding(_OK + b"Content-Length: 10\r\n\r\n"),
    "one byte of the body": holding(_OK + b"Content-Length: 10\r\n\r\na"),
    "a body byte by byte": repeating(
        b"a", after=_OK + b"Content-Length: 9999\r\n\r\n", every_s=0.02
    ),
    "a body of no length byte by byte": repeating(b"a", after=_OK + b"\r\n", every_s=0.02),
    "a body without end": repeating(b"a" * 1000, after=_OK + b"\r\n"),
    "chunks without end": repeating(b"64\r\n" + b"a" * 100 + b"\r\n", after=_CHUNKED),
    "chunks byte by byte": repeating(b"1\r\na\r\n", after=_CHUNKED, every_s=0.02),
    "a chunk that never comes": holding(_CHUNKED + b"64\r\n"),
    "a chunk's extension without end": repeating(b"a" * 1000, after=_CHUNKED + b"1;x="),
    "trailers without end": repeating(b"X-More: 1\r\n", after=_CHUNKED + b"0\r\n", every_s=0.02),
    "half closes": _half_close,
    "resets": _reset,
    "hangs up": replying(),
    "does not speak HTTP": holding(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "speaks HTTP/0.9": replying(b"<html>hello</html>"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An answer, and what must become of it: the number of bytes kept, or an error."""

    name: str
    head: bytes
    body: bytes = b""
    outcome: int | type[MatineeError] = AddressRefused


def _length(value: str) -> bytes:
    return _OK + f"Content-Length: {value}\r\n\r\n".encode()


_BOMB = gzip.compress(bytes(10_000_000))

SIZES = (
    Sized(name="exactly the limit", head=_length("10000"), body=bytes(10_000), outcome=10_000),
    Sized(name="one more", head=_length("10001"), body=bytes(10_001), outcome=TooLarge),
    Sized(name="one more, unannounced", head=_OK + b"\r\n", body=bytes(10_001), outcome=TooLarge),
    Sized(name="announces too much", head=_length("999999999"), outcome=TooLarge),
    Sized(name="announces 19 digits", head=_length("9" * 19), outcome=TooLarge),
    Sized(name="announces 30 digits", head=_length("9" * 30)),
    Sized(name="announces 5,000 digits", head=_length("9" * 5000)),
    Sized(name="announces too little", head=_length("5"), body=bytes(100), outcome=5),
    Sized(name="sends less", head=_length("100"), body=b"abc"),
    Sized(name="a negative length", head=_length("-1"), body=b"abc"),
    Sized(name="a length with a sign", head=_length("+3"), body=b"abc"),
    Sized(name="a length in hexadecimal", head=_length("0x3"), body=b"abc"),
    Sized(name="a word for a length", head=_length("many"), body=b"abc"),
    Sized(name="two lengths", head=_length("3\r\nContent-Length: 4"), body=b"abcd"),
    Sized(name="two lengths in one", head=_length("3, 4"), body=b"abcd"),
    Sized(name="chunks too many", head=_CHUNKED, body=b"64\r\n" + bytes(100) + b"\r\n"),
    Sized(name="chunks cut off", head=_CHUNKED, body=b"64\r\n" + bytes(50)),
    Sized(
        name="chunks over the limit",
        head=_CHUNKED,
        body=b"3e8\r\n" + bytes(1000) + b"\r\n" + (b"3e8\r\n" + bytes(1000) + b"\r\n") * 10,
        outcome=TooLarge,
    ),
    Sized(name="a chunk of 2**64 bytes", head=_CHUNKED, body=b"F" * 16 + b"\r\nabc"),
    Sized(name="a chunk of 2**200 bytes", head=_CHUNKED, body=b"F" * 50 + b"\r\nabc"),
    Sized(name="a chunk of -1 bytes", head=_CHUNKED, body=b"-1\r\nabc\r\n0\r\n\r\n"),
    Sized(name="a chunk of zz bytes", head=_CHUNKED, body=b"zz\r\nabc\r\n0\r\n\r\n"),
    Sized(name="chunks of one byte", head=_CHUNKED, body=b"1\r\na\r\n" * 5000 + b"0\r\n\r\n"),
    Sized(name="gzip as transfer", head=_OK + b"Transfer-Encoding: gzip\r\n\r\n", body=_BOMB),
    Sized(name="gzip", head=_OK + b"Content-Encoding: gzip\r\n\r\n", body=_BOMB),
    Sized(name="gzip twice", head=_OK + b"Content-Encoding: gzip, gzip\r\n\r\n", body=_BOMB),
    Sized(
        name="deflate",
        head=_OK + b"Content-Encoding: deflate\r\n\r\n",
        body=zlib.compress(bytes(10**7)),
    ),
    Sized(name="brotli", head=_OK + b"Content-Encoding: br\r\n\r\n", body=b"\x0b\x02\x80a\x03"),
    Sized(name="zstd", head=_OK + b"Content-Encoding: zstd\r\n\r\n", body=b"\x28\xb5\x2f\xfd"),
    Sized(
        name="identity", head=_OK + b"Content-Encoding: identity\r\n\r\n", body=b"abc", outcome=3
    ),
    Sized(
        name="a range of a file",
        head=b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/3\r\n\r\n",
        body=b"abc",
    ),
    Sized(
        name="a range that lies",
        head=_OK + b"Content-Range: bytes 0-999999999/1000000000\r\n\r\n",
        body=b"abc",
        outcome=3,
    ),
    Sized(name="a file with 404", head=b"HTTP/1.1 404 Not Found\r\n\r\n", body=b"abc"),
    Sized(name="a file with 204", head=b"HTTP/1.1 204 No Content\r\n\r\n", body=b"abc"),
    Sized(name="a file with 304", head=b"HTTP/1.1 304 Not Modified\r\n\r\n", body=b"abc"),
    Sized(name="a file with 999", head=b"HTTP/1.1 999 Odd\r\n\r\n", body=b"abc"),
)

_URL = "http://127.0.0.1:{port}/cat.png"
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'

CONTENTS: tuple[tuple[str, str | bytes], ...] = (
    ("image/png", f'<html><img src="{_URL}"></html>'),
    ("text/html", f'<meta http-equiv="refresh" content="0;url={_URL}">'),
    ("text/html", f'<script>location="{_URL}"</script>'),
    ("text/html", f'<base href="{_URL}"><link rel="stylesheet" href="a.css">'),
    ("text/html", f'<iframe src="{_URL}"></iframe>'),
    ("image/svg+xml", _SVG.format(f'<image xlink:href="{_URL}"/>')),
    ("image/svg+xml", _SVG.format(f"<script>fetch('{_URL}')</script>")),
    ("image/svg+xml", _SVG.format(f'<use href="{_URL}#a"/>')),
    ("image/svg+xml", _SVG.format(f"<style>@import url({_URL});</style>")),
    ("image/svg+xml", _SVG.format("<foreignObject><body onload='x()'/></foreignObject>")),
    ("application/xml", f'<!DOCTYPE a [<!ENTITY b SYSTEM "{_URL}">]><a>&b;</a>'),
    ("application/xml", f'<!DOCTYPE a SYSTEM "{_URL}"><a/>'),
    ("application/xml", f'<?xml-stylesheet href="{_URL}"?><a/>'),
    ("application/xml", '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'),
    ("application/vnd.apple.mpegurl", f"#EXTM3U\n#EXTINF:1,\n{_URL}\n#EXT-X-ENDLIST\n"),
    ("video/mp4", f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nconcat:{_URL}|file:///a\n"),
    ("image/png", f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{_URL}"\n#EXTINF:1,\na.ts\n'),
    ("audio/x-mpegurl", "#EXTM3U\nfile:///etc/passwd\n"),
    ("application/dash+xml", f"<MPD><BaseURL>{_URL}</BaseURL></MPD>"),
    ("text/plain", f"ffconcat version 1.0\nfile '{_URL}'\n"),
    ("text/plain", f"concat:{_URL}|{_URL}"),
    ("text/plain", f"subfile,,start,0,end,9,,:{_URL}"),
    ("application/sdp", "v=0\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n"),
    ("audio/x-scpls", f"[playlist]\nFile1={_URL}\n"),
    ("application/json", f'{{"url": "{_URL}", "polling_url": "{_URL}"}}'),
    ("application/pdf", f"%PDF-1.7\n1 0 obj<</URI({_URL})>>endobj"),
    ("image/x-mvg", f"push graphic-context\nimage over 0,0 0,0 '{_URL}'\n"),
    ("image/png", _PNG + b"\x00\x00\x00\x0ciCCPa\x00\x00" + zlib.compress(bytes(10**6))),
    ("image/png", _PNG + b"\x00\x00\x00\x0czTXta\x00\x00" + zlib.compress(bytes(10**6))),
    ("image/jpeg", b"\xff\xd8\xff\xe1\x00\x40http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta/>"),
    ("image/jpeg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00" + b"\xff" * 64),
    ("image/webp", b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(64)),
    ("video/quicktime", f"\x00\x00\x00\x20moov rmra rdrf url {_URL}"),
    ("application/zip", b"PK\x03\x04" + bytes(64)),
    ("", b"\x00" * 64),
)  # fmt: skip
"""A claimed type, and bytes or text that would have a careless reader fetch something else."""
