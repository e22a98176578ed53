"""The order in which an engine takes videos: accounts take turns, whatever each has waiting."""

from __future__ import annotations


def next_priority(*, first_waiting: int, last_started: int, last_of_account: int) -> int:
    """The priority of an account's next video on an engine; smaller goes first.

    A priority is the number of a round. An account has one video in a round, and a new account
    joins behind the round that is being served. `first_waiting` and `last_started`, the smallest
    that waits and the largest that runs, tell which round that is; `last_of_account` is the
    largest among the account's own unfinished videos; each is 0 if there is none.

    No round before the served one is ever joined, so none waits forever; `last_started` keeps it
    so when a video of an early round is queued again.
    Source: start-time fair queueing (Goyal, Vin, Cheng 1996), with every video of the same cost.
    """
    return max(first_waiting, last_started, last_of_account) + 1
