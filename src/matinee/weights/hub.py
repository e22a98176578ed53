"""The hub where open weights lie, through its own library; nothing else here knows that library.

The library reads the token (`HF_TOKEN`, or what `hf auth login` stored), the address
(`HF_ENDPOINT`) and proxies. Files come by plain HTTP and byte ranges: version 2.4 of the library
itself begins every broken-off file anew, and a file may have 10 GB.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matinee
from matinee.core.errors import NotFound, PermissionDenied, ServiceUnavailable, SettingsInvalid
from matinee.weights.selection import RemoteFile

_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 10.0
"""For so long nothing may come. Who stops a pull waits no longer than this."""

_PARTIAL = 206


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A repository at one commit, its `revision`."""

    repository: str
    revision: str
    files: tuple[RemoteFile, ...]


class Hub:
    """Asks the hub. Every method raises what `_explained` says."""

    def __init__(self) -> None:
        """Raises SettingsInvalid if the hub's library is not installed."""
        try:
            import huggingface_hub
        except ImportError as error:
            raise SettingsInvalid(
                "Models are fetched by a library that is not installed. Install it: "
                "pip install -e '.[diffusers]'."
            ) from error
        self._library: Any = huggingface_hub

    def snapshot(self, repository: str, revision: str | None = None) -> Snapshot | None:
        """The repository as it is now, or as it was at `revision`; None if that is gone."""
        from huggingface_hub.errors import RevisionNotFoundError

        api = self._library.HfApi(library_name="matinee", library_version=matinee.__version__)
        with _explained(repository):
            try:
                info = api.model_info(repository, revision=revision, files_metadata=True)
            except RevisionNotFoundError:
                return None
        return Snapshot(
            repository=repository,
            revision=info.sha,
            files=tuple(_remote_file(sibling) for sibling in info.siblings or ()),
        )

    def read(self, snapshot: Snapshot, path: str) -> bytes:
        """A small file, whole."""
        with self.open(snapshot, path) as (_, chunks):
            return b"".join(chunks)

    @contextmanager
    def open(
        self, snapshot: Snapshot, path: str, offset: int = 0
    ) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Where the answer begins, and its bytes: at `offset`, or at 0 if no range is given."""
        from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

        url = self._library.hf_hub_url(snapshot.repository, path, revision=snapshot.revision)
        headers = build_hf_headers(library_name="matinee", library_version=matinee.__version__)
        # What is compressed on the way has other lengths and ranges.
        headers["Accept-Encoding"] = "identity"
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with (
            _explained(snapshot.repository),
            get_session().stream("GET", url, headers=headers, timeout=_TIMEOUT_S) as reply,
        ):
            hf_raise_for_status(reply)
            begins = offset if reply.status_code == _PARTIAL else 0
            yield begins, reply.iter_bytes(_CHUNK_BYTES)


def _remote_file(sibling: Any) -> RemoteFile:
    large = sibling.lfs
    return RemoteFile(
        path=sibling.rfilename,
        size_bytes=sibling.size or 0,
        digest=f"git:{sibling.blob_id}" if large is None else f"sha256:{large.sha256}",
    )


@contextmanager
def _explained(repository: str) -> Iterator[None]:
    """Turn what the hub or the way to it refuses into words.

    PermissionDenied: the licence was not accepted, or the token is wrong. NotFound: there is no
    such repository or file. ServiceUnavailable: the hub does not answer, or breaks off.
    """
    from httpx2 import HTTPError
    from huggingface_hub import errors

    page = f"https://huggingface.co/{repository}"
    try:
        yield
    except errors.GatedRepoError as error:
        raise PermissionDenied(
            f"The licence of {repository} must be accepted first: open {page} with an account of "
            "the hub and accept it there, make a token that may read "
            "(https://huggingface.co/settings/tokens), set it as HF_TOKEN, and pull again."
        ) from error
    except (errors.RepositoryNotFoundError, errors.EntryNotFoundError) as error:
        raise NotFound(
            f"The hub does not have {repository}, or not for everybody. If HF_TOKEN is set, it "
            "may be wrong."
        ) from error
    except errors.HfHubHTTPError as error:
        raise _refusal(repository, error.response.status_code) from error
    except errors.OfflineModeIsEnabled as error:
        raise SettingsInvalid("HF_HUB_OFFLINE is set, so nothing is fetched.") from error
    except HTTPError as error:
        raise ServiceUnavailable(
            f"The hub does not answer, or breaks off ({type(error).__name__}). What is here "
            "already stays; pull again to go on."
        ) from error


def _refusal(repository: str, status: int) -> PermissionDenied | ServiceUnavailable:
    if status in {401, 403}:
        return PermissionDenied(
            f"The hub lets HF_TOKEN read nothing of {repository}: the token is wrong, has ended, "
            "or may not read."
        )
    return ServiceUnavailable(
        f"The hub answers {status} for {repository}. What is here already stays; pull again later."
    )
