"""Who may be sent to at once, so that nobody's receiver delays anybody else's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many sendings are under way: in all, and to the account, host or receiver in question.

    A slow receiver is one whose last answer took long or never came.
    """

    total: int
    account: int
    host: int
    host_of_account: int
    receiver: int
    slow: int
    slow_of_account: int
    slow_of_host: int


_MOST, _MOST_OF_ACCOUNT, _MOST_OF_HOST = 64, 32, 16
MOST_TO_ONE = 4
_MOST_SLOW, _MOST_SLOW_OF_ACCOUNT, _MOST_SLOW_OF_HOST = 32, 8, 8
_KEPT_FREE = 16
"""Slots that only an account without any sending gets, so that many busy ones can't take all."""


def may_send(load: Load, *, is_slow: bool) -> bool:
    """Whether one more sending may begin, so that nobody's receiver can delay anybody else's.

    An account has four sendings at once to a receiver and to a host. More go to a host for several
    accounts, as many have theirs at the same big service: one of them must not keep the others
    out. Slow receivers share slots of their own: however many there are, they leave half of all
    slots and of a host's, and more of an account's, to the others.
    """
    if load.total >= _MOST or load.account >= _MOST_OF_ACCOUNT or load.host >= _MOST_OF_HOST:
        return False
    if load.host_of_account >= MOST_TO_ONE or load.receiver >= MOST_TO_ONE:
        return False
    if load.total >= _MOST - _KEPT_FREE and load.account > 0:
        return False
    return not is_slow or (
        load.slow < _MOST_SLOW
        and load.slow_of_account < _MOST_SLOW_OF_ACCOUNT
        and load.slow_of_host < _MOST_SLOW_OF_HOST
    )
