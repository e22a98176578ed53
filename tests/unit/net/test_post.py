"""Letters to receivers that do as they like."""

from __future__ import annotations

import asyncio
import ssl
from functools import partial

import pytest

from matinee.core.errors import AddressRefused, ReceiverUnreachable
from matinee.core.webhook import Receipt
from matinee.net.guard import Guard
from matinee.net.post import PostLimits, check_receiver, post_letter
from matinee.ports.webhooks import Letter
from tests.receivers import Behave, answering, drip, flood, hang, receiving, reset
from tests.unit.net.outside import ConnectionWatch, Names

LIMITS = PostLimits(answer_s=0.3, body_s=0.1)
LETTER = Letter(url="", headers={"webhook-id": "wh_1"}, body=b'{"a":1}')


@pytest.fixture
def guard(tls: ssl.SSLContext) -> Guard:
    """Lets letters go to every port of loopback."""
    return Guard(allow=["127.0.0.0/8"], ports=range(1, 65_536), resolver=Names(), tls=tls)


def to(url: str) -> Letter:
    return Letter(url=url, headers=LETTER.headers, body=LETTER.body)


async def test_a_letter_arrives_whole_and_its_receipt_comes_back(guard: Guard) -> None:
    async with receiving(answering(202, b"thanks", retry_after="7")) as receiver:
        receipt = await post_letter(to(receiver.url + "?a=b"), guard=guard)
    (received,) = receiver.received
    assert receipt == Receipt(status=202, retry_after="7")
    assert received.line == "POST /hooks?a=b HTTP/1.1"
    assert received.body == LETTER.body
    assert received.headers["webhook-id"] == "wh_1"
    assert received.headers["user-agent"].startswith("Matinee/")


async def test_a_redirect_is_not_followed(guard: Guard) -> None:
    async with (
        receiving(answering(200)) as private,
        receiving(answering(307, location=private.url)) as receiver,
    ):
        receipt = await post_letter(to(receiver.url), guard=guard)
    assert receipt.status == 307
    assert private.received == []


async def test_a_body_without_end_is_left(guard: Guard) -> None:
    async with receiving(flood) as receiver:
        receipt = await post_letter(to(receiver.url), guard=guard, limits=LIMITS)
    assert receipt.status == 200


async def test_a_body_that_never_comes_changes_nothing(guard: Guard) -> None:
    async with receiving(answering(200, content_length="100")) as receiver:
        receipt = await post_letter(to(receiver.url), guard=guard, limits=LIMITS)
    assert receipt.status == 200


@pytest.mark.parametrize(
    ("behave", "reason"), [(hang, "within 0.3 s"), (drip, "within 0.3 s"), (reset, "broke off")]
)
async def test_no_answer_is_an_error_in_words(guard: Guard, behave: Behave, reason: str) -> None:
    async with receiving(behave) as receiver:
        with pytest.raises(ReceiverUnreachable, match=reason):
            await post_letter(to(receiver.url), guard=guard, limits=LIMITS)


async def test_nobody_there_is_an_error_in_words(guard: Guard) -> None:
    async with receiving(hang) as receiver:
        pass
    with pytest.raises(ReceiverUnreachable, match="could not be reached"):
        await post_letter(to(receiver.url), guard=guard, limits=LIMITS)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7/", "http://127.0.0.1/", "http://[::1]/", "ftp://a.example/", "x"]
)
async def test_no_letter_goes_where_it_must_not(
    url: str, tls: ssl.SSLContext, watch: ConnectionWatch
) -> None:
    strict = Guard(resolver=Names(), tls=tls)
    check = partial(check_receiver, guard=strict, param="url")
    with watch.watching() as attempts:
        with pytest.raises(AddressRefused):
            await post_letter(to(url), guard=strict)
        with pytest.raises(AddressRefused) as refused:
            await check(url)
    assert attempts == []
    assert refused.value.param == "url"


async def test_a_name_that_has_turned_private_since_is_refused(tls: ssl.SSLContext) -> None:
    names = Names(hooks_example_org=("93.184.216.34",))
    guard = Guard(resolver=names, tls=tls)
    await check_receiver("https://hooks.example.org/", guard=guard, param="url")
    turned = Guard(resolver=Names(hooks_example_org=("192.168.0.1",)), tls=tls)
    with pytest.raises(AddressRefused):
        await post_letter(to("https://hooks.example.org/"), guard=turned)


async def test_a_sending_that_is_cancelled_ends(guard: Guard) -> None:
    async with receiving(hang) as receiver:
        sending = asyncio.ensure_future(post_letter(to(receiver.url), guard=guard))
        await receiver.until(1)
        sending.cancel()
        await asyncio.wait([sending])
    assert sending.cancelled()
