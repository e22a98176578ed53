"""Answers, characters and files, in every store."""

from __future__ import annotations

from datetime import timedelta

from matinee.core.character import Character, Poster
from matinee.core.ids import AccountId, CharacterId, FileId
from matinee.core.job import JobState
from matinee.core.stored_file import StoredFile
from matinee.ports.answers import Answer
from matinee.ports.store import Store, Transaction
from tests.samples import ALICE, BOB, NOW, a_video, a_video_id


def an_answer(number: int = 1, **changes: object) -> Answer:
    values: dict[str, object] = {
        "id": f"answer-{number}",
        "account_id": ALICE,
        "digest": "d",
        "created_at": NOW + timedelta(seconds=number),
        "video_ids": (a_video_id(number),),
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]  # fields named above


def a_character(number: int = 1, account_id: AccountId = ALICE) -> Character:
    return Character(
        id=CharacterId(f"01kc{number:022d}"),
        account_id=account_id,
        name=f"Mossy {number}",
        poster=Poster(blob_key="p", media_type="image/webp", width_px=7, height_px=8),
        created_at=NOW + timedelta(seconds=number),
    )


def a_file(number: int = 1, purpose: str = "vision", account_id: AccountId = ALICE) -> StoredFile:
    return StoredFile(
        id=FileId(f"01kf{number:022d}"),
        account_id=account_id,
        name="ref.png",
        purpose=purpose,
        media_type="image/png",
        size_bytes=12,
        blob_key=f"files/{number}",
        created_at=NOW,
        expires_at=NOW + timedelta(days=number),
    )


async def test_answers_are_found_by_what_was_asked_newest_first(store: Store) -> None:
    def add(transaction: Transaction) -> None:
        for number in (1, 2):
            transaction.answers.add(an_answer(number, is_repeat=number == 2))
        transaction.answers.add(an_answer(3, digest="other"))
        transaction.answers.add(an_answer(4, account_id=BOB))

    await store.write(add)
    found = await store.write(lambda each: each.answers.find(ALICE, "d", NOW))
    assert found == [an_answer(2, is_repeat=True), an_answer(1)]
    later = await store.write(
        lambda each: each.answers.find(ALICE, "d", NOW + timedelta(seconds=2))
    )
    assert [answer.id for answer in later] == ["answer-2"]


async def test_an_answer_of_several_films_grows(store: Store) -> None:
    await store.write(lambda each: each.answers.add(an_answer()))
    more = an_answer(video_ids=(a_video_id(9),))
    await store.write(lambda each: each.answers.add(more))
    (found,) = await store.write(lambda each: each.answers.find(ALICE, "d", NOW))
    assert found.video_ids == (a_video_id(1), a_video_id(9))


async def test_a_delivered_answer_says_so_and_an_old_one_is_forgotten(store: Store) -> None:
    await store.write(lambda each: each.answers.add(an_answer()))
    await store.write(lambda each: each.answers.deliver("answer-1", NOW))
    (found,) = await store.write(lambda each: each.answers.find(ALICE, "d", NOW))
    assert found.delivered_at == NOW
    await store.write(lambda each: each.answers.forget(NOW + timedelta(seconds=2)))
    assert await store.write(lambda each: each.answers.find(ALICE, "d", NOW)) == []


async def test_a_deleted_video_leaves_its_answer_empty(store: Store) -> None:
    await store.write(lambda each: each.add_video(a_video()))
    await store.write(lambda each: each.answers.add(an_answer()))
    await store.write(lambda each: each.delete_video(a_video_id()))
    (found,) = await store.write(lambda each: each.answers.find(ALICE, "d", NOW))
    assert found.video_ids == ()


async def test_characters_are_kept_for_their_account(store: Store) -> None:
    for each in (a_character(1), a_character(2), a_character(3, BOB)):
        await store.write(lambda transaction, each=each: transaction.library.add_character(each))  # type: ignore[misc]
    assert await store.character(a_character(1).id) == a_character(1)
    assert await store.character(CharacterId("none")) is None
    assert await store.list_characters(ALICE) == [a_character(2), a_character(1)]
    found = await store.write(lambda each: each.library.character(a_character(3).id))
    assert found == a_character(3, BOB)


async def test_files_are_listed_in_pages_by_purpose(store: Store) -> None:
    kept = [a_file(1), a_file(2, "batch"), a_file(3), a_file(4, account_id=BOB)]
    for each in kept:
        await store.write(lambda transaction, each=each: transaction.library.add_file(each))  # type: ignore[misc]
    assert await store.file(kept[0].id) == kept[0]
    page = await store.list_files(ALICE, purpose=None, limit=2, after=None, newest_first=True)
    assert (page.files, page.has_more) == ((kept[2], kept[1]), True)
    page = await store.list_files(ALICE, purpose=None, limit=2, after=kept[1].id, newest_first=True)
    assert (page.files, page.has_more) == ((kept[0],), False)
    page = await store.list_files(ALICE, purpose="vision", limit=9, after=None, newest_first=False)
    assert page.files == (kept[0], kept[2])


async def test_a_file_is_deleted_once(store: Store) -> None:
    await store.write(lambda each: each.library.add_file(a_file()))
    assert await store.write(lambda each: each.library.delete_file(a_file().id))
    assert not await store.write(lambda each: each.library.delete_file(a_file().id))
    assert await store.file(a_file().id) is None


async def test_what_waits_ahead_is_counted_to_a_limit(store: Store) -> None:
    for number in range(1, 6):
        video = a_video(number, priority=5 - number)
        await store.write(lambda transaction, video=video: transaction.add_video(video))  # type: ignore[misc]
    assert await store.count_ahead(a_video(1, priority=4), 100) == 4
    assert await store.count_ahead(a_video(5, priority=0), 100) == 0
    assert await store.count_ahead(a_video(1, priority=4), 2) == 2
    assert await store.count_ahead(a_video(1, state=JobState.COMPLETED), 100) == 0


async def test_the_first_keys_account_takes_over_everything(store: Store) -> None:
    await store.write(lambda each: each.library.add_character(a_character()))
    await store.write(lambda each: each.library.add_file(a_file()))
    await store.write(lambda each: each.give_all(ALICE, BOB))
    assert len(await store.list_characters(BOB)) == 1
    file = await store.file(a_file().id)
    assert file is not None
    assert file.account_id == BOB


async def test_files_are_overdue_from_their_last_moment_on(store: Store) -> None:
    def add(transaction: Transaction) -> None:
        for number in (1, 2, 3):
            transaction.library.add_file(a_file(number))

    await store.write(add)
    later = NOW + timedelta(days=2)
    found = await store.write(lambda each: each.library.overdue_files(later, 10))
    assert sorted(file.id for file in found) == [a_file(1).id, a_file(2).id]
    assert len(await store.write(lambda each: each.library.overdue_files(later, 1))) == 1
