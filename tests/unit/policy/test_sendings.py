"""Who may be sent to at once."""

from __future__ import annotations

from dataclasses import replace

from matinee.policy.sendings import Load, may_send

IDLE = Load(
    total=0,
    account=0,
    host=0,
    host_of_account=0,
    receiver=0,
    slow=0,
    slow_of_account=0,
    slow_of_host=0,
)


def test_an_account_has_four_at_once_to_one_receiver_and_to_one_host() -> None:
    assert may_send(replace(IDLE, account=3, host_of_account=3, receiver=3), is_slow=False)
    assert not may_send(replace(IDLE, account=4, host_of_account=4), is_slow=False)
    assert not may_send(replace(IDLE, account=4, receiver=4), is_slow=False)


def test_a_host_of_several_accounts_gets_more_and_not_all() -> None:
    assert may_send(replace(IDLE, total=15, host=15), is_slow=False)
    assert not may_send(replace(IDLE, total=16, host=16), is_slow=False)
    assert not may_send(replace(IDLE, total=8, host=8, slow=8, slow_of_host=8), is_slow=True)
    assert may_send(replace(IDLE, total=8, host=8, slow=8, slow_of_host=8), is_slow=False)


def test_no_account_takes_more_than_half() -> None:
    assert may_send(replace(IDLE, total=31, account=31), is_slow=False)
    assert not may_send(replace(IDLE, total=32, account=32), is_slow=False)


def test_the_last_slots_are_for_accounts_without_any_sending() -> None:
    assert may_send(replace(IDLE, total=47, account=3), is_slow=False)
    assert not may_send(replace(IDLE, total=48, account=1), is_slow=False)
    assert may_send(replace(IDLE, total=63, account=0), is_slow=False)
    assert not may_send(replace(IDLE, total=64, account=0), is_slow=False)


def test_slow_receivers_leave_slots_to_the_others() -> None:
    full = replace(IDLE, total=8, account=8, slow=8, slow_of_account=8)
    assert not may_send(full, is_slow=True)
    assert may_send(full, is_slow=False)
    assert not may_send(replace(IDLE, total=40, slow=32), is_slow=True)
    assert may_send(replace(IDLE, total=40, slow=32), is_slow=False)
