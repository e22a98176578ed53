"""What must hold when all is over, however often something died: written down by itself.

Nothing of Matinee is imported here. What clients were told is on one side, what is found at the
end on the other, and `breaches` compares the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

FINAL = frozenset({"completed", "failed"})
_RANK = {"queued": 0, "in_progress": 0, "completed": 1, "failed": 1}
"""A video may wait again after it was begun, but nothing follows an end."""


@dataclass(slots=True, kw_only=True)
class Wish:
    """One film that a client wants: its words are said once, so all that is made of it shows."""

    words: str
    key: str | None = None
    model: str = ""
    may_repeat: bool = True
    """Whether the client says that it repeats, by a key or a count."""

    sent: int = 0
    """How often it was sent, the times among them that nobody answered."""

    ids: list[str] = field(default_factory=list)
    """Every id that the client was told, in order."""

    refused: int = 0
    is_unwanted: bool = False
    """Whether its deletion was asked for; it may have happened though nobody said so."""

    is_cancelled: bool = False
    """The same for cancelling."""


@dataclass(slots=True)
class Memory:
    """What all clients together were told."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The newest status and progress of each video."""

    told_falsely: list[str] = field(default_factory=list)
    """What was wrong at the moment it was told."""

    def wish(self, words: str, **about: str | bool | None) -> Wish:
        """A new wish."""
        self.wishes[words] = made = Wish(words=words, **about)  # type: ignore[arg-type]  # its own fields
        return made

    def accept(self, wish: Wish, video_id: str) -> None:
        """The client was told that its wish is the video of that id."""
        wish.ids.append(video_id)

    def see(self, video_id: str, status: str, progress: int) -> None:
        """The client was told how far the video is."""
        before = self.seen.get(video_id)
        if before is not None:
            self.told_falsely += _steps_back(video_id, before, (status, progress))
        if (status == "completed") != (progress == 100):
            self.told_falsely.append(f"{video_id}: {status} at {progress} %")
        self.seen[video_id] = (status, progress)

    def miss(self, wish: Wish, video_id: str) -> None:
        """The client was told that there is no such video."""
        if not wish.is_unwanted:
            self.told_falsely.append(f"{video_id}: was accepted, and then it was unknown")

    @property
    def ends(self) -> int:
        """How many videos' ends a client was told."""
        return sum(status in FINAL for status, _ in self.seen.values())

    @property
    def accepted(self) -> set[str]:
        """Every id that a client was told."""
        return {video_id for wish in self.wishes.values() for video_id in wish.ids}


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is left of one video at the end."""

    id: str
    words: str
    status: str
    cause: str | None = None
    ends: tuple[str, ...] = ()
    """The kinds of its final events: `completed`, `failed`."""

    turns: tuple[int, ...] = ()
    """The numbers of the attempts that its events tell of, in the order of the events."""

    faults: tuple[str, ...] = ()
    """What is wrong with its files: bytes that are not those that were stored, and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is found at the end."""

    films: tuple[Film, ...]
    ends_of_deleted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for videos that are deleted, by their ids."""

    orders: Mapping[str, int] = field(default_factory=dict)
    """How many films an upstream began, and would have paid for, by the words."""

    letters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the webhooks that arrived, by the video that they tell of; each id once."""

    dead: frozenset[str] = frozenset()
    """The videos whose webhooks were given up."""

    half_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaches:
    """Every promise that was broken, by its kind."""

    lost: tuple[str, ...]
    duplicate_ids: tuple[str, ...]
    second_orders: tuple[str, ...]
    second_ends: tuple[str, ...]
    late_writes: tuple[str, ...]
    """What an attempt wrote when another one had the video already."""

    half_files: tuple[str, ...]
    untold: tuple[str, ...]
    """Ends that no webhook told of, and such as were told of under two ids."""

    told_falsely: tuple[str, ...]
    causeless: tuple[str, ...]
    """Failures for which there was no reason."""

    def all(self) -> list[str]:
        """All of them, each with its kind."""
        return [f"{kind}: {each}" for kind in self.__slots__ for each in getattr(self, kind)]


def breaches(
    memory: Memory, found: Found, *, causes: Mapping[str, frozenset[str]], hooked: bool = True
) -> Breaches:
    """What does not hold.

    `causes` are the failures that a model's films may end in, by the model. With `hooked` every
    end is to be told to a webhook endpoint.
    """
    return Breaches(
        lost=tuple(_lost(memory, found)),
        duplicate_ids=tuple(_duplicates(memory, found)),
        second_orders=tuple(
            f"{words}: ordered {count} times" for words, count in found.orders.items() if count > 1
        ),
        second_ends=tuple(_wrong_ends(found)),
        late_writes=tuple(
            f"{film.id}: attempts wrote in the order {film.turns}"
            for film in found.films
            if list(film.turns) != sorted(film.turns)
        ),
        half_files=(*found.half_files, *(fault for film in found.films for fault in film.faults)),
        untold=tuple(_untold(found)) if hooked else (),
        told_falsely=(*memory.told_falsely, *_contradicted(memory, found)),
        causeless=tuple(_causeless(memory, found, causes)),
    )


def _lost(memory: Memory, found: Found) -> Iterator[str]:
    films = {film.id: film for film in found.films}
    for wish in memory.wishes.values():
        for video_id in set(wish.ids):
            film = films.get(video_id)
            if film is None and not wish.is_unwanted:
                yield f"{video_id}: was accepted and is gone"
            elif film is not None and film.status not in FINAL:
                yield f"{video_id}: is {film.status} for ever"
    for film in found.films:
        if film.status not in FINAL and film.id not in memory.accepted:
            yield f"{film.id}: is {film.status} for ever, and nobody was told of it"


def _duplicates(memory: Memory, found: Found) -> Iterator[str]:
    owners: dict[str, str] = {}
    for wish in memory.wishes.values():
        for video_id in set(wish.ids):
            if owners.setdefault(video_id, wish.words) != wish.words:
                yield f"{video_id}: stands for '{wish.words}' and '{owners[video_id]}'"
        if wish.may_repeat and len(set(wish.ids)) > 1:
            yield f"'{wish.words}' was told as {sorted(set(wish.ids))}"
    for words, count in Counter(film.words for film in found.films).items():
        known = memory.wishes.get(words)
        most = known.sent if known is not None and not known.may_repeat else 1
        if known is None or count > most:
            yield f"'{words}' became {count} videos"
    for film in found.films:
        if owners.get(film.id, film.words) != film.words:
            yield f"{film.id}: was told for '{owners[film.id]}' and is '{film.words}'"


def _wrong_ends(found: Found) -> Iterator[str]:
    for film in found.films:
        if film.status in FINAL and film.ends != (film.status,):
            yield f"{film.id}: is {film.status}, its final events are {film.ends}"
        elif film.status not in FINAL and film.ends:
            yield f"{film.id}: is {film.status} after {film.ends}"
    for video_id, ends in found.ends_of_deleted.items():
        if len(ends) > 1:
            yield f"{video_id}: was deleted, its final events are {ends}"


def _untold(found: Found) -> Iterator[str]:
    ended = {film.id for film in found.films if film.status in FINAL}
    for video_id in sorted(ended - set(found.letters) - found.dead):
        yield f"{video_id}: ended, and no webhook said so"
    for video_id, letters in found.letters.items():
        if len(letters) > 1:
            yield f"{video_id}: told of by {len(letters)} different webhooks"
    known = ended | set(found.ends_of_deleted)
    for video_id in sorted(set(found.letters) - known):
        yield f"{video_id}: a webhook told of an end that there was not"


def _contradicted(memory: Memory, found: Found) -> Iterator[str]:
    for film in found.films:
        seen = memory.seen.get(film.id)
        if seen is not None and seen[0] in FINAL and seen[0] != film.status:
            yield f"{film.id}: was told as {seen[0]}, and is {film.status}"


def _causeless(memory: Memory, found: Found, causes: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for film in found.films:
        wish = memory.wishes.get(film.words)
        if film.status != "failed" or wish is None:
            continue
        allowed = causes.get(wish.model, frozenset())
        if film.cause in allowed or (film.cause == "cancelled" and wish.is_cancelled):
            continue
        yield f"{film.id} ({wish.model}): failed as {film.cause}"


def _steps_back(video_id: str, before: tuple[str, int], after: tuple[str, int]) -> Iterable[str]:
    if after[1] < before[1]:
        yield f"{video_id}: fell from {before[1]} to {after[1]} %"
    if _RANK[after[0]] < _RANK[before[0]] or (_RANK[before[0]] and after[0] != before[0]):
        yield f"{video_id}: was {before[0]}, then {after[0]}"
