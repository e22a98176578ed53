"""The films that wait for one engine, in the order that the server gives them."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from matinee.policy.fairness import next_priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One film that somebody asks for."""

    number: int
    account: str
    model: str
    arrives_s: float
    takes_s: float
    kind: str = ""
    """What sort of tenant it is of, for reports."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A film's place in the line: smaller priority first, then who came first."""

    priority: int
    number: int
    film: Film = field(compare=False)


class Line:
    """The line of one engine, which has a part for each model.

    Priorities are given by the server's own rule, from what waits and what runs in all parts.
    """

    def __init__(self, *, counts_by_model: bool = False) -> None:
        """`counts_by_model`: each part has rounds of its own, which the server does not do."""
        self._counts_by_model = counts_by_model
        self._parts: dict[str, list[Place]] = defaultdict(list)
        self._running: dict[str, _Largest] = defaultdict(_Largest)
        self._unfinished: dict[tuple[str, str], _Largest] = defaultdict(_Largest)
        self._arrivals = 0

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts.values())

    def join(self, film: Film) -> None:
        """Give `film`, which was just accepted, its place."""
        rounds = self._rounds_of(film)
        priority = next_priority(
            first_waiting=self._first_waiting(rounds),
            last_started=self._running[rounds].value,
            last_of_account=self._unfinished[rounds, film.account].value,
        )
        self._unfinished[rounds, film.account].add(priority)
        self._put(film, priority)

    def take(
        self, models: Collection[str] | None = None, *, warm: str = "", ahead: int | None = None
    ) -> Place | None:
        """Who is next among `models`, all if none are named; None if nobody waits.

        As the server does it, that is whoever stands first. With `ahead`, a film of the `warm`
        model goes before it if it stands at most so many rounds behind: what the server could do.
        """
        heads = [
            part[0]
            for model, part in self._parts.items()
            if part and (models is None or model in models)
        ]
        if not heads:
            return None
        first = min(heads)
        ours = self._parts[warm] if ahead is not None and warm in self._parts else None
        if ahead is not None and ours and ours[0].priority <= first.priority + ahead:
            first = ours[0]
        place = heapq.heappop(self._parts[first.film.model])
        self._running[self._rounds_of(place.film)].add(place.priority)
        return place

    def finish(self, place: Place) -> None:
        """The film is made."""
        rounds = self._rounds_of(place.film)
        self._running[rounds].remove(place.priority)
        self._unfinished[rounds, place.film.account].remove(place.priority)

    def put_back(self, place: Place) -> None:
        """Whoever made the film died: it waits again, with the priority that it had."""
        self._running[self._rounds_of(place.film)].remove(place.priority)
        self._put(place.film, place.priority)

    def _put(self, film: Film, priority: int) -> None:
        self._arrivals += 1
        heapq.heappush(self._parts[film.model], Place(priority, self._arrivals, film))

    def _rounds_of(self, film: Film) -> str:
        return film.model if self._counts_by_model else ""

    def _first_waiting(self, rounds: str) -> int:
        parts = [self._parts[rounds]] if rounds else self._parts.values()
        return min((part[0].priority for part in parts if part), default=0)


class _Largest:
    """The largest of some numbers that come and go; 0 if there is none."""

    def __init__(self) -> None:
        self._heap: list[int] = []
        self._gone: Counter[int] = Counter()

    @property
    def value(self) -> int:
        # What is gone is dropped when it comes to the top.
        while self._heap and self._gone[-self._heap[0]]:
            self._gone[-heapq.heappop(self._heap)] -= 1
        return -self._heap[0] if self._heap else 0

    def add(self, number: int) -> None:
        heapq.heappush(self._heap, -number)

    def remove(self, number: int) -> None:
        self._gone[number] += 1
