"""Whose turn it is."""

from __future__ import annotations

from datetime import timedelta

from matinee.core.webhook import Receiver
from matinee.webhooks.agenda import Agenda, Sendings
from tests.samples import ALICE, BOB, NOW

LATER = NOW + timedelta(seconds=10)


def alice(name: str) -> Receiver:
    return Receiver(account_id=ALICE, name=name)


def bob(name: str) -> Receiver:
    return Receiver(account_id=BOB, name=name)


def test_nobody_has_a_turn_before_the_time() -> None:
    agenda = Agenda()
    agenda.expect(alice("a"), LATER)
    assert agenda.turns(NOW) == []
    assert agenda.next_at() == LATER
    assert agenda.turns(LATER) == [alice("a")]
    assert agenda.next_at() is None


def test_the_earlier_of_two_moments_counts() -> None:
    agenda = Agenda()
    for at in (LATER, NOW, LATER):
        agenda.expect(alice("a"), at)
    assert agenda.turns(NOW) == [alice("a")]
    agenda.served(alice("a"), None)
    assert agenda.turns(LATER) == []


def test_accounts_take_turns_and_so_do_their_receivers() -> None:
    agenda = Agenda()
    for receiver in (alice("a"), alice("b"), alice("c"), bob("d")):
        agenda.expect(receiver, NOW)
    assert agenda.turns(NOW) == [alice("a"), bob("d"), alice("b"), alice("c")]


def test_who_had_a_turn_goes_to_the_end() -> None:
    agenda = Agenda()
    for receiver in (alice("a"), alice("b"), bob("c")):
        agenda.expect(receiver, NOW)
    agenda.turns(NOW)
    agenda.served(alice("a"), NOW)
    assert agenda.turns(NOW) == [bob("c"), alice("b"), alice("a")]


def test_who_had_no_turn_yet_stays_due() -> None:
    agenda = Agenda()
    agenda.expect(alice("a"), NOW)
    agenda.turns(NOW)
    agenda.expect(alice("a"), NOW - timedelta(hours=1))
    assert agenda.turns(LATER) == [alice("a")]


def test_one_receiver_gets_four_at_once() -> None:
    sendings = Sendings()
    for _ in range(4):
        assert sendings.may_begin(alice("a"), "a.example")
        sendings.begin(alice("a"), "a.example")
    assert not sendings.may_begin(alice("a"))
    assert not sendings.may_begin(alice("b"), "a.example")
    assert sendings.may_begin(bob("b"), "a.example")
    assert sendings.may_begin(alice("b"), "b.example")
    sendings.end(alice("a"), "a.example", began_slow=False, was_slow=False)
    assert sendings.may_begin(alice("a"), "a.example")


def test_slow_receivers_share_their_slots_until_they_are_faster() -> None:
    sendings = Sendings()
    slow = [alice(str(number)) for number in range(9)]
    for receiver in slow:
        sendings.begin(receiver, receiver.name)
        sendings.end(receiver, receiver.name, began_slow=False, was_slow=True)
    for receiver in slow[:8]:
        assert sendings.begin(receiver, receiver.name)
    assert not sendings.may_begin(slow[8])
    assert sendings.may_begin(alice("healthy"), "healthy")
    sendings.end(slow[0], slow[0].name, began_slow=True, was_slow=False)
    assert sendings.may_begin(slow[0], slow[0].name)
    assert sendings.may_begin(slow[8])
