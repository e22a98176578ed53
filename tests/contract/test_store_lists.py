"""What every store does with accounts, keys and the pages of an account's videos."""

from __future__ import annotations

import pytest

from matinee.core.account import ApiKey
from matinee.core.ids import KeyId, VideoId
from matinee.ports.store import Store, Transaction
from tests.contract.stores import Stores
from tests.samples import ALICE, BOB, NOW, a_key, a_video, a_video_id, an_account


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def add_videos(store: Store, count: int) -> None:
    def insert(transaction: Transaction) -> None:
        for number in range(count):
            transaction.add_video(a_video(number))

    await store.write(insert)


async def add_keys(store: Store, *keys: ApiKey) -> None:
    def insert(transaction: Transaction) -> None:
        transaction.add_account(an_account())
        for key in keys:
            transaction.add_key(key)

    await store.write(insert)


async def revoke(store: Store, key: ApiKey) -> bool:
    return await store.write(lambda transaction: transaction.revoke_key(key.id, NOW))


async def pages(store: Store, *, limit: int, newest_first: bool) -> list[list[VideoId]]:
    """The ids of one page after another, to the end."""
    found: list[list[VideoId]] = []
    after: VideoId | None = None
    while True:
        page = await store.list_videos(ALICE, limit=limit, after=after, newest_first=newest_first)
        found.append([video.id for video in page.videos])
        if not page.has_more:
            return found
        after = found[-1][-1]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 4, 7, 100])
async def test_pages_hold_every_video_once_in_order(
    store: Store, limit: int, newest_first: bool
) -> None:
    await add_videos(store, 7)
    found = await pages(store, limit=limit, newest_first=newest_first)
    ids = [a_video_id(number) for number in range(7)]
    assert [each for page in found for each in page] == (ids[::-1] if newest_first else ids)
    assert all(len(page) == limit for page in found[:-1])


async def test_a_page_holds_whole_videos(store: Store) -> None:
    await add_videos(store, 1)
    page = await store.list_videos(ALICE, limit=10, after=None, newest_first=True)
    assert page.videos == (a_video(0),)


async def test_a_page_goes_on_behind_a_video_that_was_deleted(store: Store) -> None:
    await add_videos(store, 5)
    await store.write(lambda transaction: transaction.delete_video(a_video_id(2)))
    page = await store.list_videos(ALICE, limit=9, after=a_video_id(2), newest_first=True)
    assert [video.id for video in page.videos] == [a_video_id(1), a_video_id(0)]


async def test_a_page_shows_no_video_of_another_account(store: Store) -> None:
    await add_videos(store, 3)
    page = await store.list_videos(BOB, limit=9, after=a_video_id(2), newest_first=True)
    assert page.videos == ()
    assert not page.has_more


async def test_videos_given_away_are_the_takers(store: Store) -> None:
    await add_videos(store, 3)
    assert await store.write(lambda transaction: transaction.give_all(ALICE, BOB)) == 3
    assert await pages(store, limit=9, newest_first=True) == [[]]
    page = await store.list_videos(BOB, limit=9, after=None, newest_first=True)
    assert len(page.videos) == 3


async def test_an_account_is_found_by_its_name(store: Store) -> None:
    await store.write(lambda transaction: transaction.add_account(an_account(BOB, "bob")))
    found = await store.write(lambda transaction: transaction.account_named("bob"))
    assert found == an_account(BOB, "bob")
    assert await store.write(lambda transaction: transaction.account_named("Bob")) is None


async def test_a_key_is_found_by_its_digest(store: Store) -> None:
    await add_keys(store, a_key(1), a_key(2))
    for _ in range(2):
        assert await store.key_by_digest(a_key(2).digest) == a_key(2)
    assert await store.key_by_digest("unknown") is None


async def test_a_revoked_key_is_not_found(store: Store) -> None:
    await add_keys(store, a_key())
    assert await store.key_by_digest(a_key().digest) is not None
    assert await revoke(store, a_key())
    assert await store.key_by_digest(a_key().digest) is None


async def test_a_key_is_revoked_once(store: Store) -> None:
    await add_keys(store, a_key())
    assert await revoke(store, a_key())
    assert not await revoke(store, a_key())
    assert not await store.write(lambda each: each.revoke_key(KeyId("unknown"), NOW))


async def test_there_are_keys_once_one_was_made_even_if_it_is_revoked(store: Store) -> None:
    assert not await store.has_keys()
    await add_keys(store, a_key())
    assert await store.has_keys()
    await revoke(store, a_key())
    assert await store.has_keys()
    assert await store.write(lambda transaction: transaction.count_keys()) == 1


async def test_keys_are_listed_oldest_first_with_those_revoked(store: Store) -> None:
    await add_keys(store, a_key(2), a_key(1), a_key(3))
    await revoke(store, a_key(1))
    listed = await store.list_keys()
    assert [key.id for key in listed] == ["key_1", "key_2", "key_3"]
    assert [key.revoked_at for key in listed] == [NOW, None, None]


async def test_a_key_revoked_by_another_process_works_for_less_than_a_second(
    stores: Stores,
) -> None:
    seconds = Seconds()
    server, command = stores.open(seconds), stores.open()
    await add_keys(server, a_key())
    assert await server.key_by_digest(a_key().digest) is not None
    await revoke(command, a_key())
    seconds.now += 0.99
    assert await server.key_by_digest(a_key().digest) is None


async def test_the_first_key_made_by_another_process_is_noticed_in_less_than_a_second(
    stores: Stores,
) -> None:
    seconds = Seconds()
    server, command = stores.open(seconds), stores.open()
    assert not await server.has_keys()
    await add_keys(command, a_key())
    seconds.now += 0.99
    assert await server.has_keys()
