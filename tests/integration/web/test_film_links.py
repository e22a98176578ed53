"""The links in replies: no key, but the right token; any bytes of the file."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message

from matinee.core.asset import AssetVariant
from matinee.web.files import FileReply, read_pieces
from tests.exchanges import a_scope, an_exchange
from tests.houses import FILM, PICTURE, House
from tests.scarcity import no_descriptors


@pytest.fixture
async def link(client: httpx.AsyncClient, house: House) -> str:
    """The path of a finished film's link."""
    video = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()
    await house.complete(video["id"])
    reply = (await client.get(f"/v1/videos/{video['id']}")).json()
    path: str = urlsplit(reply["video_url"]).path
    return path


async def test_a_link_needs_no_key_and_may_be_followed_from_anywhere(
    client: httpx.AsyncClient, house: House, link: str
) -> None:
    await house.access.create_key("alice")
    reply = await client.get(link, headers={"host": "v.example.org", "origin": "https://ui"})
    assert (reply.status_code, reply.content) == (200, FILM)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith("inline")


async def test_head_gives_the_headers_alone(client: httpx.AsyncClient, link: str) -> None:
    reply = await client.head(link)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["content-length"] == str(len(FILM))
    assert reply.headers["content-type"] == "video/mp4"
    assert reply.headers["accept-ranges"] == "bytes"


async def test_the_picture_has_the_same_link_with_another_ending(
    client: httpx.AsyncClient, link: str
) -> None:
    reply = await client.get(link.replace(".mp4", ".webp"))
    assert (reply.content, reply.headers["content-type"]) == (PICTURE, "image/webp")


async def test_random_ranges_are_byte_exact(client: httpx.AsyncClient, link: str) -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(200):
        first, last = sorted(chance.randrange(len(FILM)) for _ in range(2))
        reply = await client.get(link, headers={"range": f"bytes={first}-{last}"})
        assert reply.status_code == 206
        assert reply.content == FILM[first : last + 1]
        assert reply.headers["content-range"] == f"bytes {first}-{last}/{len(FILM)}"


async def test_a_range_behind_the_end_is_416(client: httpx.AsyncClient, link: str) -> None:
    reply = await client.get(link, headers={"range": f"bytes={len(FILM)}-"})
    assert (reply.status_code, reply.headers["content-range"]) == (416, f"bytes */{len(FILM)}")
    assert reply.json()["error"]["code"] == "range_not_satisfiable"


async def test_a_known_tag_is_304_and_a_stale_one_gives_the_whole_file(
    client: httpx.AsyncClient, link: str
) -> None:
    etag = (await client.head(link)).headers["etag"]
    known = await client.get(link, headers={"if-none-match": etag})
    resumed = await client.get(link, headers={"if-range": etag, "range": "bytes=5-"})
    stale = await client.get(link, headers={"if-range": '"old"', "range": "bytes=5-"})
    assert (known.status_code, known.content) == (304, b"")
    assert (resumed.status_code, resumed.content) == (206, FILM[5:])
    assert (stale.status_code, stale.content) == (200, FILM)


async def test_a_wrong_token_a_wrong_ending_and_a_wrong_id_are_one_answer(
    client: httpx.AsyncClient, link: str
) -> None:
    _, f, token, name = link.split("/")
    wrong = [
        f"/{f}/{token}x/{name}",
        f"/{f}/x/{name}",
        f"/{f}/{token}/{name[:-5]}x.mp4",
        f"/{f}/{token}/{name}.exe",
        f"/{f}/{token}/task_",
    ]
    replies = [await client.get(path, headers={"x-request-id": "r"}) for path in wrong]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.content for reply in replies}) == 1


async def test_a_link_to_what_is_not_made_yet_is_404_and_to_what_is_gone_410(
    client: httpx.AsyncClient, house: House, link: str
) -> None:
    sheet = await client.get(link.replace(".mp4", ".jpg"))
    await house.expire(link.rpartition("/")[2].removesuffix(".mp4"))
    assert (await client.get(link)).status_code == 410
    assert sheet.status_code == 410  # the film is complete, so no sheet will come


async def test_a_page_may_ask_before_it_asks_for_ranges(
    client: httpx.AsyncClient, link: str
) -> None:
    reply = await client.options(link, headers={"origin": "https://ui.example"})
    assert reply.status_code == 204
    assert "range" in reply.headers["access-control-allow-headers"]


async def test_a_file_that_vanished_is_410_before_the_reply_begins(
    client: httpx.AsyncClient, house: House, link: str, tmp_path: Path
) -> None:
    for path in (tmp_path / "blobs").rglob("*.mp4"):
        path.unlink()
    reply = await client.get(link)
    assert (reply.status_code, reply.json()["error"]["code"]) == (410, "video_expired")


class Elsewhere:
    """Blobs that are no files of this machine."""

    def __init__(self, house: House) -> None:
        self._blobs = house.blobs
        self.open = house.blobs.open

    def local_path(self, key: str) -> None:
        """None of them is."""


async def test_blobs_of_another_machine_are_sent_in_pieces(house: House, link: str) -> None:
    video = await house.video(link.rpartition("/")[2].removesuffix(".mp4"))
    asset = house.videos.asset(video, AssetVariant.VIDEO)
    reply = FileReply(blobs=Elsewhere(house), asset=asset, name="a.mp4")  # type: ignore[arg-type]
    async with an_exchange(reply, a_scope(range="bytes=7-600007")) as exchange:
        assert (await exchange.head())[0] == 206
        received = b""
        while len(received) < 600001:
            received += await exchange.piece()
    assert received == FILM[7:600008]


async def test_a_file_that_can_not_be_opened_is_503_and_asks_to_come_again(
    client: httpx.AsyncClient, link: str
) -> None:
    with no_descriptors():
        reply = await client.get(link)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "service_unavailable")
    assert reply.headers["retry-after"] == "3"


async def test_a_reply_that_is_to_be_cut_ends_in_the_middle(
    client: httpx.AsyncClient, house: House
) -> None:
    video = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()
    asset = (await house.complete(video["id"])).asset(AssetVariant.VIDEO)
    assert asset is not None
    reply = FileReply(blobs=house.blobs, asset=asset, name="a.mp4", is_cut=True)
    async with an_exchange(reply, a_scope()) as exchange:
        _, headers = await exchange.head()
        await exchange.over()
        pieces = [await exchange.piece() for _ in range(exchange.sent.qsize())]
    assert headers["content-length"] == str(len(FILM))
    assert b"".join(pieces) == FILM[: len(FILM) // 2]


async def test_what_is_left_of_a_film_is_not_read_once_the_client_is_gone(
    house: House, link: str
) -> None:
    video = await house.video(link.rpartition("/")[2].removesuffix(".mp4"))
    asset = house.videos.asset(video, AssetVariant.VIDEO)
    exchange = SlowExchange(FileReply(blobs=house.blobs, asset=asset, name="a.mp4"))
    await exchange.run(leave_after=2)
    assert exchange.pieces == 2


class SlowExchange:
    """A client that is gone after some pieces; the server is not told by what it sends."""

    def __init__(self, reply: FileReply) -> None:
        self._reply = reply
        self._gone = asyncio.Event()
        self._leave_after = 0
        self.pieces = 0

    async def run(self, leave_after: int) -> None:
        """Ask for the film and leave."""
        self._leave_after = leave_after
        await self._reply(a_scope(), self._receive, self._send)

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.pieces += 1
        if self.pieces == self._leave_after:
            self._gone.set()
            await asyncio.sleep(0)


@pytest.mark.parametrize("folder", ["/dev/shm", None])
async def test_a_file_is_read_alike_from_memory_and_from_a_disk(
    folder: str | None, tmp_path: Path
) -> None:
    with tempfile.NamedTemporaryFile(dir=folder or tmp_path) as file:
        file.write(FILM)
        file.flush()
        pieces = read_pieces(Path(file.name), 7, len(FILM))
        assert b"".join([piece async for piece in pieces]) == FILM[7:]
