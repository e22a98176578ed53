"""Uploads in parts that nobody finished, in a bucket of an object store: found and given up.

They cost as much as what was stored, and no listing of the bucket shows them.
Source: Amazon S3 API (ListMultipartUploads, AbortMultipartUpload) and AWS Signature Version 4.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

import httpx

from matinee.core.errors import ServiceUnavailable
from matinee.net.guard import Guard
from matinee.net.transport import GuardedTransport

_ANSWER_S = 30.0
_MOST_BYTES = 4 * 1024 * 1024
_EMPTY = hashlib.sha256(b"").hexdigest()
_SIGNED = "host;x-amz-content-sha256;x-amz-date"
_UPLOAD = re.compile(r"<Upload>(.*?)</Upload>", re.DOTALL)
_FACT = re.compile(r"<(Key|UploadId|Initiated)>([^<]*)</")
_GONE = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Where a bucket is reached, path style, and with which keys."""

    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    key: str
    id: str
    begun_at: datetime


class BucketUploads:
    """The unfinished uploads of one bucket."""

    def __init__(self, address: BucketAddress) -> None:
        url = urlsplit(address.endpoint)
        port = url.port or (443 if url.scheme == "https" else 80)
        self._address = address
        self._host = url.netloc
        # The operator names it, and it mostly is an inner address.
        self._guard = Guard(allow=[f"{url.hostname}:{port}"])

    async def abandon(self, prefix: str, before: datetime, now: datetime) -> int:
        """Give up what was begun before that moment under `prefix`; how many there were.

        It looks at a thousand of them; what is behind those is for the next time. Raises
        ServiceUnavailable.
        """
        given_up = 0
        async for upload in self._listed(prefix, now):
            if upload.begun_at < before:
                path = f"/{self._address.bucket}/{quote(upload.key)}"
                await self._ask("DELETE", path, {"uploadId": upload.id}, now)
                given_up += 1
        return given_up

    async def _listed(self, prefix: str, now: datetime) -> AsyncIterator[_Upload]:
        query = {"uploads": "", "prefix": prefix}
        text = await self._ask("GET", f"/{self._address.bucket}", query, now)
        for found in _UPLOAD.findall(text):
            facts = dict(_FACT.findall(found))
            yield _Upload(
                key=facts["Key"],
                id=facts["UploadId"],
                begun_at=datetime.fromisoformat(facts["Initiated"]),
            )

    async def _ask(self, method: str, path: str, query: Mapping[str, str], now: datetime) -> str:
        asked = "&".join(
            f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(query.items())
        )
        headers = self._signed(method, path, asked, now)
        request = httpx.Request(
            method,
            f"{self._address.endpoint}{path}?{asked}",
            headers=headers,
            extensions={"timeout": httpx.Timeout(_ANSWER_S).as_dict()},
        )
        try:
            async with asyncio.timeout(_ANSWER_S), GuardedTransport(self._guard) as transport:
                response = await transport.handle_async_request(request)
                text = await _text(response)
        except (TimeoutError, httpx.HTTPError, OSError) as error:
            raise ServiceUnavailable("The object store can't be reached for now.") from error
        if response.is_error and response.status_code != _GONE:
            raise ServiceUnavailable(
                f"The object store refuses to tell of unfinished uploads ({response.status_code})."
            )
        return text

    def _signed(self, method: str, path: str, query: str, now: datetime) -> dict[str, str]:
        moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        headers = {"host": self._host, "x-amz-content-sha256": _EMPTY, "x-amz-date": moment}
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = "\n".join((method, path, query, lines, _SIGNED, _EMPTY))
        scope = f"{day}/{self._address.region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self._address.secret_key}".encode()
        for part in (day, self._address.region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashed))
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._address.access_key}/{scope}, "
            f"SignedHeaders={_SIGNED}, Signature={signature}"
        )
        return headers


async def _text(response: httpx.Response) -> str:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ServiceUnavailable("The object store's answer is too long.")
    return body.decode()
