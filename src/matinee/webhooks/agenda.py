"""Whose turn it is: receivers with something due, and the sendings that are under way."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from datetime import datetime
from typing import TypeVar

from matinee.core.ids import AccountId
from matinee.core.webhook import Receiver
from matinee.policy.sendings import Load, may_send

Key = TypeVar("Key")

_MOST_REMEMBERED = 10_000
"""How many slow receivers are known as such; one that was forgotten is found out again."""


class Agenda:
    """When to look at which receiver's deliveries. The rows are the truth, this is a hint.

    It holds receivers and not deliveries, so what waits for one that is away for days costs
    nothing here.
    """

    def __init__(self) -> None:
        self._expected: dict[Receiver, datetime] = {}
        self._later: list[tuple[datetime, int, Receiver]] = []
        self._numbers = itertools.count()
        # Dictionaries keep the order in which keys came: these are lines that anyone may leave.
        self._due: dict[AccountId, dict[Receiver, None]] = {}

    def expect(self, receiver: Receiver, at: datetime) -> None:
        """Look at `receiver` at that moment, or earlier if that is expected already."""
        if receiver in self._due.get(receiver.account_id, ()):
            return
        known = self._expected.get(receiver)
        if known is None or at < known:
            self._expected[receiver] = at
            heapq.heappush(self._later, (at, next(self._numbers), receiver))

    def next_at(self) -> datetime | None:
        """When the first receiver that is not due yet will be."""
        self._drop_outdated()
        return self._later[0][0] if self._later else None

    def turns(self, now: datetime) -> list[Receiver]:
        """Everyone who is due at `now`: each account's first receiver, then each one's second.

        They stay due until they were `served`; then they and their account go to the end.
        """
        self._drop_outdated()
        while self._later and self._later[0][0] <= now:
            _, _, receiver = heapq.heappop(self._later)
            del self._expected[receiver]
            self._due.setdefault(receiver.account_id, {})[receiver] = None
            self._drop_outdated()
        rounds = itertools.zip_longest(*self._due.values())
        return [receiver for each in rounds for receiver in each if receiver is not None]

    def served(self, receiver: Receiver, next_at: datetime | None) -> None:
        """`receiver` had its turn; look at it again at `next_at`, or never if that is None."""
        line = self._due.pop(receiver.account_id, {})
        line.pop(receiver, None)
        if line:
            self._due[receiver.account_id] = line
        if next_at is not None:
            self.expect(receiver, next_at)

    def _drop_outdated(self) -> None:
        """Forget entries that an earlier one has replaced."""
        while self._later and self._expected.get(self._later[0][2]) != self._later[0][0]:
            heapq.heappop(self._later)


class Sendings:
    """Counts what is under way, and remembers which receivers are slow."""

    def __init__(self) -> None:
        self._total = 0
        self._accounts: Counter[AccountId] = Counter()
        self._hosts: Counter[str | None] = Counter()
        self._hosts_of_accounts: Counter[tuple[AccountId, str | None]] = Counter()
        self._receivers: Counter[Receiver] = Counter()
        self._slow: Counter[AccountId] = Counter()
        self._slow_hosts: Counter[str | None] = Counter()
        self._slow_receivers: dict[Receiver, None] = {}

    def may_begin(self, receiver: Receiver, host: str | None = None) -> bool:
        """Whether one more sending to `receiver` may begin, on `host` if that is known."""
        load = Load(
            total=self._total,
            account=self._accounts[receiver.account_id],
            host=self._hosts[host],
            host_of_account=self._hosts_of_accounts[receiver.account_id, host],
            receiver=self._receivers[receiver],
            slow=self._slow.total(),
            slow_of_account=self._slow[receiver.account_id],
            slow_of_host=self._slow_hosts[host],
        )
        return may_send(load, is_slow=receiver in self._slow_receivers)

    def begin(self, receiver: Receiver, host: str) -> bool:
        """Count a sending in; whether it counts as one to a slow receiver."""
        self._total += 1
        self._accounts[receiver.account_id] += 1
        self._hosts[host] += 1
        self._hosts_of_accounts[receiver.account_id, host] += 1
        self._receivers[receiver] += 1
        is_slow = receiver in self._slow_receivers
        if is_slow:
            self._slow[receiver.account_id] += 1
            self._slow_hosts[host] += 1
        return is_slow

    def end(self, receiver: Receiver, host: str, *, began_slow: bool, was_slow: bool) -> None:
        """Count a sending out that `begin` counted in so; `was_slow` says how it went."""
        self._total -= 1
        _take_one(self._accounts, receiver.account_id)
        _take_one(self._hosts, host)
        _take_one(self._hosts_of_accounts, (receiver.account_id, host))
        _take_one(self._receivers, receiver)
        if began_slow:
            _take_one(self._slow, receiver.account_id)
            _take_one(self._slow_hosts, host)
        self._slow_receivers.pop(receiver, None)
        if was_slow:
            self._slow_receivers[receiver] = None
            if len(self._slow_receivers) > _MOST_REMEMBERED:
                del self._slow_receivers[next(iter(self._slow_receivers))]


def _take_one(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
