"""What a film is made from besides words: admitted, described in its spec, and kept with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from matinee.core.asset import blob_folder
from matinee.core.character import Character, Poster
from matinee.core.character import blob_folder as folder_of_character
from matinee.core.errors import NotFound, VideoNotFound
from matinee.core.ids import AccountId, VideoId
from matinee.core.route import Capabilities
from matinee.core.video import Reference, Relation, Role, VideoSpec
from matinee.core.wish import VideoWish
from matinee.policy.framing import Described
from matinee.ports.blobs import Blobs
from matinee.services.characters import AdmittedRole, Characters
from matinee.services.references import AdmittedImage, References
from matinee.services.sources import AdmittedSource, FinishedVideo, Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What was found good, nothing of it stored yet.

    `inherited` are references of the source that stay with what comes out of it.
    """

    images: Sequence[AdmittedImage] = ()
    inherited: Sequence[Reference] = ()
    source: AdmittedSource | None = None
    roles: Sequence[AdmittedRole] = ()

    @property
    def is_something(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.images or self.inherited or self.source or self.roles)

    @property
    def new_characters(self) -> list[Character]:
        """Those who are to be stored together with the video."""
        return [role.character for role in self.roles if role.character is not None]


class Materials:
    """Admits and keeps what comes with a wish."""

    def __init__(
        self, blobs: Blobs, references: References, sources: Sources, characters: Characters
    ) -> None:
        self._blobs = blobs
        self._references = references
        self._sources = sources
        self._characters = characters

    async def find_source(self, account_id: AccountId, wish: VideoWish) -> FinishedVideo | None:
        """The account's video that the film is to come out of, if the wish names one.

        Raises VideoNotFound, SourceNotReady or VideoExpired. If the wish brings a film along too,
        an unknown video is none.
        """
        source = wish.source
        if source is None or source.video_id is None:
            return None
        try:
            return await self._sources.find(account_id, source.video_id, param=source.param)
        except VideoNotFound:
            # An address that looks like one of ours, and is somebody else's: it is fetched.
            if source.upload is None:
                raise
            return None

    @asynccontextmanager
    async def admit(
        self,
        account_id: AccountId,
        wish: VideoWish,
        found: FinishedVideo | None,
        capabilities: Capabilities,
    ) -> AsyncGenerator[Admitted, None]:
        """Fetch and look at everything; nothing is stored. It is at hand within the context.

        `found` is what `find_source` found. Raises an InvalidRequest.
        """
        async with AsyncExitStack() as stack:
            roles = await self._characters.cast(account_id, wish, capabilities)
            source = None
            if wish.source is not None:
                source = await stack.enter_async_context(
                    self._sources.admit(account_id, wish.source, found)
                )
            images = await self._references.admit(account_id, wish.references)
            spec = found.video.spec if found else None
            yield Admitted(
                images=images,
                inherited=_inherited(wish, spec),
                source=source,
                roles=[*roles, *_other_roles(spec, roles)],
            )

    def describe(self, video_id: VideoId, admitted: Admitted) -> Described:
        """How it will stand in the spec of the video."""
        folder = blob_folder(video_id)
        new = self._references.describe(video_id, admitted.images)
        kept = tuple(
            replace(reference, blob_key=f"{folder}/reference-{number}")
            for number, reference in enumerate(admitted.inherited, start=len(new))
        )
        return Described(
            references=new + kept,
            source=self._sources.describe(video_id, admitted.source) if admitted.source else None,
            roles=tuple(
                Role(name=role.name, poster=_moved(role.poster, f"{folder}/poster-{number}"))
                for number, role in enumerate(admitted.roles)
            ),
        )

    async def keep(self, spec: VideoSpec, admitted: Admitted) -> None:
        """Store everything durably, each where the spec says. Raises NotFound if it is gone."""
        count = len(admitted.images)
        await self._references.keep(spec.references[:count], admitted.images)
        for reference, inherited in zip(spec.references[count:], admitted.inherited, strict=True):
            await self._copy(inherited.blob_key, reference.blob_key)
        if spec.source is not None and admitted.source is not None:
            await self._sources.keep(spec.source, admitted.source)
        for role, cast in zip(spec.roles, admitted.roles, strict=True):
            await self._keep_poster(role, cast)

    async def clear(self, video_id: VideoId, admitted: Admitted) -> None:
        """Remove what was kept for a video that was not accepted."""
        if admitted.is_something:
            await self._blobs.delete_under(blob_folder(video_id))
        for character in admitted.new_characters:
            await self._blobs.delete_under(folder_of_character(character.id))

    async def _keep_poster(self, role: Role, cast: AdmittedRole) -> None:
        if cast.data is None:
            await self._copy(cast.poster.blob_key, role.poster.blob_key)
            return
        await self._blobs.put_bytes(role.poster.blob_key, cast.data)
        if cast.character is not None:
            await self._blobs.copy(role.poster.blob_key, cast.poster.blob_key)

    async def _copy(self, key: str, target_key: str) -> None:
        try:
            await self._blobs.copy(key, target_key)
        except NotFound as error:
            raise VideoNotFound("The video was deleted while it was asked for.") from error


def _inherited(wish: VideoWish, spec: VideoSpec | None) -> Sequence[Reference]:
    """The images of the source that a changed film needs too, unless it has its own.

    An extension begins with the pictures of its source, whatever that was made from.
    """
    if spec is None or wish.references or wish.source is None:
        return ()
    return () if wish.source.relation is Relation.EXTEND else spec.references


def _other_roles(spec: VideoSpec | None, roles: Sequence[AdmittedRole]) -> list[AdmittedRole]:
    """The roles of the source that have other names than `roles`: they go on acting."""
    names = {role.name for role in roles}
    inherited = spec.roles if spec else ()
    return [
        AdmittedRole(name=role.name, poster=role.poster)
        for role in inherited
        if role.name not in names
    ]


def _moved(poster: Poster, blob_key: str) -> Poster:
    return replace(poster, blob_key=blob_key)
