"""Certificates for the tests of TLS, made on the spot: no key lies in the repository.

Sources: RFC 5280 for the certificate, RFC 5915 for the key's file, SEC 2 for the curve P-256.
"""

from __future__ import annotations

import hashlib
import ssl
from base64 import encodebytes
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GENERATOR = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a certificate shall say. Times are written as in ASN.1: two digits of the year first."""

    names: tuple[str, ...] = ("films.example",)
    common_name: str = "films.example"
    not_before: str = "200101000000Z"
    not_after: str = "491231235959Z"
    usage: bytes = bytes.fromhex("06082b06010505070301")  # serverAuth
    issuer: str = "trusted"


def presenting(wish: Wish, folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate made after `wish`; its files are left in `folder`."""
    key = _key(wish.common_name)
    extensions = [_extension("551d25", _der(0x30, wish.usage))]
    if wish.names:
        extensions.append(_extension("551d11", _der(0x30, *map(_alternative_name, wish.names))))
    certificate = _certificate(wish.common_name, wish, key, extensions)
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_text(_pem("CERTIFICATE", certificate))
    secret.write_text(_pem("EC PRIVATE KEY", _private_key(key)))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    return context


def authority(issuer: str) -> str:
    """The certificate of `issuer`, which makes whoever loads it believe in those it has signed."""
    is_authority = _extension("551d13", _der(0x30, bytes.fromhex("0101ff")), critical=True)
    may_sign = _extension("551d0f", bytes.fromhex("03020106"), critical=True)
    wish = Wish(issuer=issuer)
    return _pem("CERTIFICATE", _certificate(issuer, wish, _key(issuer), [is_authority, may_sign]))


def _certificate(subject: str, wish: Wish, key: int, extensions: list[bytes]) -> bytes:
    algorithm = _der(0x30, bytes.fromhex("06082a8648ce3d040302"))  # ecdsa-with-SHA256
    curve = _der(0x30, bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107"))
    issuer_key = _key(wish.issuer)
    identified = [
        _extension("551d0e", _der(0x04, _key_id(key))),
        _extension("551d23", _der(0x30, _der(0x80, _key_id(issuer_key)))),
    ]
    body = _der(
        0x30,
        bytes.fromhex("a003020102"),  # version 3
        _integer(int.from_bytes(hashlib.sha256(repr((subject, wish)).encode()).digest()[:8])),
        algorithm,
        _name(wish.issuer),
        _der(0x30, _der(0x17, wish.not_before.encode()), _der(0x17, wish.not_after.encode())),
        _name(subject),
        _der(0x30, curve, _der(0x03, b"\x00" + _public_key(key))),
        _der(0xA3, _der(0x30, *identified, *extensions)),
    )
    return _der(0x30, body, algorithm, _der(0x03, b"\x00" + _sign(body, issuer_key)))


def _alternative_name(text: str) -> bytes:
    try:
        return _der(0x87, ip_address(text).packed)
    except ValueError:
        return _der(0x82, text.encode())


def _extension(identifier: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = bytes.fromhex("0101ff") if critical else b""
    return _der(0x30, _der(0x06, bytes.fromhex(identifier)), flag, _der(0x04, value))


def _name(common_name: str) -> bytes:
    pair = _der(0x30, bytes.fromhex("0603550403"), _der(0x0C, common_name.encode()))
    return _der(0x30, _der(0x31, pair))


def _private_key(key: int) -> bytes:
    curve = _der(0xA0, bytes.fromhex("06082a8648ce3d030107"))
    public = _der(0xA1, _der(0x03, b"\x00" + _public_key(key)))
    return _der(0x30, _integer(1), _der(0x04, key.to_bytes(32)), curve, public)


def _pem(kind: str, content: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{encodebytes(content).decode()}-----END {kind}-----\n"


def _der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 128 + width]) + size.to_bytes(width) + content


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def _key(owner: str) -> int:
    return int.from_bytes(hashlib.sha256(f"key of {owner}".encode()).digest()) % _ORDER


def _key_id(key: int) -> bytes:
    return hashlib.sha256(_public_key(key)).digest()[:20]


def _public_key(key: int) -> bytes:
    x, y = _times(key, _GENERATOR)
    return b"\x04" + x.to_bytes(32) + y.to_bytes(32)


def _sign(message: bytes, key: int) -> bytes:
    digest = int.from_bytes(hashlib.sha256(message).digest())
    nonce = int.from_bytes(hashlib.sha256(key.to_bytes(32) + message).digest()) % _ORDER
    r = _times(nonce, _GENERATOR)[0] % _ORDER
    s = pow(nonce, -1, _ORDER) * (digest + r * key) % _ORDER
    return _der(0x30, _integer(r), _integer(s))


def _times(factor: int, point: _Point) -> _Point:
    result: _Point | None = None
    while factor:
        if factor & 1:
            result = point if result is None else _plus(result, point)
        point = _plus(point, point)
        factor >>= 1
    assert result is not None
    return result


def _plus(one: _Point, other: _Point) -> _Point:
    if one == other:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, _PRIME) % _PRIME
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _PRIME) % _PRIME
    x = (slope * slope - one[0] - other[0]) % _PRIME
    return x, (slope * (one[0] - x) - one[1]) % _PRIME
