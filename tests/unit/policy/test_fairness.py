"""The order in which videos of several accounts are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from matinee.policy.fairness import next_priority

ACCOUNTS = "ABCD"


@dataclass
class Line:
    """An engine with its waiting and running videos, each an account's letter and its number."""

    slots: int = 1
    waiting: list[tuple[int, int, str]] = field(default_factory=list)
    running: list[tuple[int, int, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    accepted: int = 0

    def accept(self, account: str) -> str:
        """Let a video of `account` wait; its name."""
        unfinished = self.waiting + self.running
        priority = next_priority(
            first_waiting=min((each[0] for each in self.waiting), default=0),
            last_started=max((each[0] for each in self.running), default=0),
            last_of_account=max(
                (each[0] for each in unfinished if each[2][0] == account), default=0
            ),
        )
        name = f"{account}{self.accepted}"
        self.waiting.append((priority, self.accepted, name))
        self.accepted += 1
        return name

    def start(self) -> None:
        """Fill the free slots, smallest priority first."""
        while self.waiting and len(self.running) < self.slots:
            first = min(self.waiting)
            self.waiting.remove(first)
            self.running.append(first)
            self.order.append(first[2])

    def finish(self) -> None:
        """End the video that began last, if one runs."""
        if self.running:
            self.running.pop()

    def hand_back(self) -> None:
        """Queue the video that has run longest again, as when its worker dies."""
        if self.running:
            again = self.running.pop(0)
            self.order.remove(again[2])
            self.waiting.append(again)

    def drain(self) -> str:
        """Make all that waits; the accounts in the order in which their videos began."""
        while self.waiting:
            self.start()
            self.finish()
        return "".join(name[0] for name in self.order)


def test_the_first_video_of_all_is_in_the_first_round() -> None:
    assert next_priority(first_waiting=0, last_started=0, last_of_account=0) == 1


def test_the_videos_of_one_account_are_made_as_they_came() -> None:
    line = Line()
    names = [line.accept("A") for _ in range(5)]
    line.drain()
    assert line.order == names


def test_accounts_take_turns_however_much_each_has_waiting() -> None:
    line = Line()
    for account, count in (("A", 30), ("B", 4), ("C", 3)):
        for _ in range(count):
            line.accept(account)
    assert line.drain() == "A" + "ABC" * 3 + "AB" + "A" * 25


def test_a_new_account_joins_behind_the_round_that_is_served() -> None:
    line = Line()
    for _ in range(10):
        line.accept("A")
    for _ in range(5):
        line.start()
        line.finish()
    line.accept("B")
    assert line.drain() == "AAAAA" + "AAB" + "AAA"


def test_an_account_that_sends_one_after_the_other_does_not_starve_those_that_wait() -> None:
    line = Line()
    for _ in range(4):
        line.accept("A")
    for _ in range(8):
        line.accept("B")
        line.start()
        line.finish()
    assert line.drain().count("A", 0, 8) == 4


def test_an_account_that_used_the_engine_alone_is_not_put_back_for_it() -> None:
    line = Line()
    for _ in range(50):
        line.accept("A")
        line.start()
        line.finish()
    line.accept("A")
    line.start()
    for _ in range(20):
        line.accept("B")
    line.accept("A")
    assert "A" in line.drain()[51:54]


def test_a_video_queued_again_lets_nobody_pass_those_that_wait() -> None:
    line = Line(slots=2)
    for _ in range(40):
        line.accept("A")
    for _ in range(30):
        line.start()
        line.finish()
    line.start()
    line.hand_back()
    for _ in range(5):
        line.accept("B")
    assert "BBB" not in line.drain()


STEPS = st.lists(
    st.one_of(
        st.sampled_from(ACCOUNTS).map(lambda account: ("accept", account)),
        st.sampled_from(["start", "finish", "hand_back"]).map(lambda name: (name, "")),
    ),
    max_size=120,
)


@given(steps=STEPS, slots=st.integers(1, 3))
def test_whoever_waits_is_passed_by_few_of_each_other_account(
    steps: list[tuple[str, str]], slots: int
) -> None:
    line = Line(slots=slots)
    for name, account in steps:
        match name:
            case "accept":
                line.accept(account)
            case "start":
                line.start()
            case "finish":
                line.finish()
            case _:
                line.hand_back()
    mine = line.accept("Z")
    for account in ACCOUNTS * 20:
        line.accept(account)
    begun = len(line.order)
    line.drain()
    before = line.order[begun : line.order.index(mine)]
    for account in ACCOUNTS:
        assert sum(name[0] == account for name in before) <= 2 + slots
