"""Characters: taken from a film, kept with a name and a picture, cast in other films."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from matinee.core.character import Character, Poster, blob_folder
from matinee.core.errors import (
    CharacterNotFound,
    InvalidRequest,
    MatineeError,
    MissingParameter,
    NotFound,
    ServiceUnavailable,
    VideoNotFound,
    shown,
)
from matinee.core.ids import AccountId, CharacterId, parse_character_id
from matinee.core.retention import require_in_time
from matinee.core.route import Capabilities
from matinee.core.wish import CharacterWish, ClipWish, VideoWish
from matinee.policy.cast import called_names, check_called, clean_name, unknown_call
from matinee.ports.store import Transaction
from matinee.services.access import check_owner
from matinee.services.films import Films, Span, Still
from matinee.services.ports import Ports
from matinee.services.sources import FinishedVideo, Sources

_TOKEN_BYTES = 16
_UNNAMED = "character"
"""What somebody is called whom the prompt doesn't call by any name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedRole:
    """A character who is to act in a film. `poster` is where the picture lies until then.

    The picture's bytes are `data` if it lies nowhere yet; then `character` is who is to be kept
    with it, if anybody.
    """

    name: str
    poster: Poster
    data: bytes | None = None
    character: Character | None = None


class Characters:
    """The use cases of characters. Every one acts for an account and sees only what is its own.

    `pepper` is the server's own secret; the links to pictures are made with it.
    """

    def __init__(self, ports: Ports, films: Films, sources: Sources, *, pepper: bytes) -> None:
        self._ports = ports
        self._films = films
        self._sources = sources
        self._pepper = pepper

    async def create(self, account_id: AccountId, name: str | None, clip: ClipWish) -> Character:
        """A new character, taken from `clip`; from now on its name means this one.

        Without a name it gets one of its own. Raises an InvalidRequest that names the field,
        VideoNotFound, FileNotFound or StorageFull.
        """
        cleaned = clean_name(name) if name is not None else None
        self._ports.room.check()
        still = await self._take_still(account_id, clip)
        character = self._character(account_id, cleaned, still)
        await self._ports.blobs.put_bytes(character.poster.blob_key, still.data)
        await self._add(character)
        return character

    async def get(self, account_id: AccountId, spelled_id: str) -> Character:
        """The account's character of that id. Raises CharacterNotFound."""
        character_id = parse_character_id(spelled_id)
        character = await self._ports.store.character(character_id) if character_id else None
        if character is None or character.account_id != account_id:
            raise CharacterNotFound(f"Character with id '{shown(spelled_id)}' not found.")
        return character

    async def by_token(self, token: str, spelled_id: str) -> Character:
        """The character whose picture a link with its token names. Raises CharacterNotFound."""
        character_id = parse_character_id(spelled_id)
        character = await self._ports.store.character(character_id) if character_id else None
        if character is None or not hmac.compare_digest(
            self.token_of(character).encode(), token.encode("utf-8", "surrogatepass")
        ):
            raise CharacterNotFound("No picture is behind this link.")
        return character

    def token_of(self, character: Character) -> str:
        """The secret part of the path under which the picture is fetched without a key."""
        digest = hmac.new(self._pepper, f"character {character.id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest.digest()[:_TOKEN_BYTES]).rstrip(b"=").decode()

    async def cast(
        self, account_id: AccountId, wish: VideoWish, capabilities: Capabilities
    ) -> list[AdmittedRole]:
        """Who acts in the film: those the wish names by id or clip, then those its words call.

        Raises an InvalidRequest that names the field.
        """
        if not capabilities.max_characters:
            return []
        wished = [await self._wished(account_id, each) for each in wish.characters]
        roles = [_role(character) for character in wished]
        text = "\n".join([wish.prompt, *(scene.prompt for scene in wish.storyboard)])
        called = await self._called(account_id, text, {role.name for role in roles})
        roles += [_role(character) for character in called]
        if wish.character_clip is not None:
            others = [role.name for role in roles]
            roles.append(await self._from_clip(account_id, wish.character_clip, text, others))
        check_called([role.name for role in roles], capabilities)
        return roles

    async def _add(self, character: Character) -> None:
        def work(transaction: Transaction) -> None:
            check_owner(transaction, character.account_id)
            require_in_time(character.created_at, self._ports.clock.now())
            transaction.library.add_character(character)

        try:
            await self._ports.store.write(work)
        except ServiceUnavailable:
            # It may be stored all the same. If it is not, the janitor finds what is nobody's.
            raise
        except MatineeError:
            await self._ports.blobs.delete_under(blob_folder(character.id))
            raise

    async def _wished(self, account_id: AccountId, wish: CharacterWish) -> Character:
        try:
            return await self.get(account_id, wish.id)
        except CharacterNotFound as error:
            # The request is at fault here, not its address.
            raise InvalidRequest(
                f"Character with id '{shown(wish.id)}' not found. "
                "POST /v1/videos/characters makes one.",
                param=wish.param,
            ) from error

    async def _called(
        self, account_id: AccountId, text: str, cast_already: set[str]
    ) -> list[Character]:
        by_name: dict[str, Character] = {}
        for character in await self._ports.store.list_characters(account_id):
            # The newest comes first, and is who the name means.
            by_name.setdefault(character.name, character)
        called = called_names(list(by_name), text)
        return [by_name[name] for name in called if name not in cast_already]

    async def _from_clip(
        self, account_id: AccountId, clip: ClipWish, text: str, others: Sequence[str]
    ) -> AdmittedRole:
        still = await self._take_still(account_id, clip)
        name = unknown_call(text)
        if name is None or name in others:
            name = _UNNAMED
        character = self._character(account_id, name, still)
        return AdmittedRole(
            name=name,
            poster=character.poster,
            data=still.data,
            character=character if clip.is_kept else None,
        )

    async def _take_still(self, account_id: AccountId, clip: ClipWish) -> Still:
        span = Span(start_s=clip.start_s, end_s=clip.end_s)
        async with self._film_of(account_id, clip) as path:
            return await self._films.take_still(path, span, param=clip.param)

    @asynccontextmanager
    async def _film_of(self, account_id: AccountId, clip: ClipWish) -> AsyncGenerator[Path, None]:
        found = await self._found(account_id, clip)
        if found is None and clip.upload is not None:
            async with self._films.at_hand(account_id, clip.upload) as path:
                yield path
            return
        if found is None:
            raise MissingParameter(f"Missing required parameter: '{clip.param}'.", param=clip.param)
        async with self._films.a_path() as path:
            try:
                await self._ports.blobs.fetch(found.film.blob_key, path)
            except NotFound as error:
                raise InvalidRequest("The video's film is gone.", param=clip.param) from error
            yield path

    async def _found(self, account_id: AccountId, clip: ClipWish) -> FinishedVideo | None:
        if clip.video_id is None:
            return None
        try:
            return await self._sources.find(account_id, clip.video_id, param=clip.param)
        except VideoNotFound:
            # An address that looks like one of ours, and is somebody else's: it is fetched.
            if clip.upload is None:
                raise
            return None

    def _character(self, account_id: AccountId, name: str | None, still: Still) -> Character:
        now = self._ports.clock.now()
        character_id = self._ports.identities.character_id(now)
        return Character(
            id=character_id,
            account_id=account_id,
            name=name or _own_name(character_id),
            poster=Poster(
                blob_key=f"{blob_folder(character_id)}/poster",
                media_type=still.media_type,
                width_px=still.width_px,
                height_px=still.height_px,
            ),
            created_at=now,
        )


def _role(character: Character) -> AdmittedRole:
    return AdmittedRole(name=character.name, poster=character.poster)


def _own_name(character_id: CharacterId) -> str:
    """A name that nobody else has, and that can be written behind an `@`."""
    return f"cast_{character_id[-8:]}"
