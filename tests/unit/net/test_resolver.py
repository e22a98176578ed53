"""Look-ups in threads of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from matinee.core.errors import ServiceUnavailable
from matinee.net.addresses import IPAddress
from matinee.net.resolver import ThreadResolver


async def test_the_system_is_asked() -> None:
    assert ip_address("127.0.0.1") in await ThreadResolver()("localhost", 80)


async def test_a_name_that_does_not_exist_is_an_error() -> None:
    def look_up(host: str, port: int) -> Sequence[IPAddress]:
        raise OSError(f"nobody knows {host}")

    with pytest.raises(OSError, match=r"nobody knows a\.example"):
        await ThreadResolver(look_up=look_up)("a.example", 80)


async def test_slow_names_do_not_delay_others_and_are_bounded() -> None:
    answer, began = threading.Event(), threading.Semaphore(0)

    def look_up(host: str, port: int) -> Sequence[IPAddress]:
        if host == "slow.example":
            began.release()
            answer.wait(30)
        return [ip_address("192.0.2.1")]

    resolver = ThreadResolver(3, look_up=look_up)
    slow = [asyncio.ensure_future(resolver("slow.example", 80)) for _ in range(2)]
    await asyncio.to_thread(lambda: [began.acquire() for _ in slow])
    assert await resolver("fast.example", 80) == [ip_address("192.0.2.1")]
    slow.append(asyncio.ensure_future(resolver("slow.example", 80)))
    await asyncio.to_thread(began.acquire)
    with pytest.raises(ServiceUnavailable, match="Too many names"):
        await resolver("fast.example", 80)
    answer.set()
    assert len(await asyncio.gather(*slow)) == 3


async def test_an_answer_that_nobody_waits_for_any_more_is_dropped() -> None:
    answer, began = threading.Event(), threading.Event()

    def look_up(host: str, port: int) -> Sequence[IPAddress]:
        began.set()
        answer.wait(30)
        return [ip_address("192.0.2.1")]

    resolver = ThreadResolver(1, look_up=look_up)
    asked = asyncio.ensure_future(resolver("slow.example", 80))
    await asyncio.to_thread(began.wait)
    asked.cancel()
    await asyncio.wait([asked])
    answer.set()
    assert asked.cancelled()
