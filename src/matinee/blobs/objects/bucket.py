"""A bucket of an object store: where it is, who may use it, how long it may keep silent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.store import S3Store

from matinee.core.errors import SettingsInvalid
from matinee.net.bucket_uploads import BucketAddress, BucketUploads

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_URL = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9._/-]*))?"
)
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+/?")
_CONNECTIONS = "64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the store may take before it counts as away."""

    connect_s: float = 3.0
    silence_s: float = 10.0
    """For all of a small request, and between two pieces of a large answer."""

    work_s: float = 60.0
    """For all of a request that carries a part of an upload, or has the store copy a blob."""

    retry_s: float = 10.0
    """For how long what failed is tried again."""

    tries: int = 4


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who may use a bucket."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket and what every key in it begins with."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    """None: Amazon's own."""

    keys: Keys | None = None
    """None: what the machine's role gives."""

    @classmethod
    def parse(cls, url: str, endpoint: str | None, keys: Keys | None) -> Bucket:
        """The bucket of `s3://bucket/prefix`. Raises SettingsInvalid, naming the setting."""
        parts = _URL.fullmatch(url)
        if parts is None or ".." in url:
            raise SettingsInvalid(
                f"'blob_store' must be a folder or such as 's3://films/matinee', not '{url}'.",
                param="blob_store",
            )
        if endpoint is not None and not _ENDPOINT.fullmatch(endpoint):
            raise SettingsInvalid(
                f"'blob_endpoint' must be such as 'https://s3.example.org', not '{endpoint}'.",
                param="blob_endpoint",
            )
        if endpoint is not None and keys is None:
            raise SettingsInvalid(
                "The object store needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                param="blob_store",
            )
        return cls(
            name=parts["bucket"],
            prefix=(parts["prefix"] or "").strip("/"),
            endpoint=endpoint.rstrip("/") if endpoint else None,
            keys=keys,
        )

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"'{self.name}' at {self.endpoint or 'Amazon S3'}"

    def uploads(self) -> BucketUploads | None:
        """Its unfinished uploads; None where only the machine's role can sign for them."""
        if self.keys is None:
            return None
        return BucketUploads(
            BucketAddress(
                endpoint=self.endpoint or f"https://s3.{self.keys.region}.amazonaws.com",
                bucket=self.name,
                region=self.keys.region,
                access_key=self.keys.access_key,
                secret_key=self.keys.secret_key,
            )
        )

    def open(self, patience: Patience) -> S3Store:
        """The client for small requests."""
        return self._client(patience, timedelta(seconds=patience.silence_s))

    def open_work(self, patience: Patience) -> S3Store:
        """The client for requests that take their time although nothing is wrong."""
        return self._client(patience, timedelta(seconds=patience.work_s))

    def open_streams(self, patience: Patience) -> S3Store:
        """The client for answers that take as long as their reader: only silence ends them."""
        # No good for uploads: while a request is sent, the store is silent.
        silence = timedelta(seconds=patience.silence_s)
        return self._client(patience, timedelta(days=1), silence)

    def _client(
        self, patience: Patience, whole: timedelta, silence: timedelta | None = None
    ) -> S3Store:
        options: ClientConfig = {
            # Only who names an address without TLS gets one.
            "allow_http": self.endpoint is not None and self.endpoint.startswith("http:"),
            "connect_timeout": timedelta(seconds=patience.connect_s),
            "timeout": whole,
            "pool_max_idle_per_host": _CONNECTIONS,
        }
        if silence is not None:
            options["read_timeout"] = silence
        # What is not given is looked for where Amazon's own tools do: region, a machine's role.
        given: S3Config = {}
        if self.endpoint is not None:
            given["endpoint"] = self.endpoint
        if self.keys is not None:
            given["access_key_id"] = self.keys.access_key
            given["secret_access_key"] = self.keys.secret_key
            given["region"] = self.keys.region
        return S3Store(
            self.name,
            prefix=self.prefix or None,
            config=given,
            client_options=options,
            retry_config={
                "max_retries": patience.tries - 1,
                "retry_timeout": timedelta(seconds=patience.retry_s),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=2),
                    "base": 2,
                },
            },
        )
