"""Cut streams lose nobody: everyone sees the end, and progress never falls."""

from __future__ import annotations

from tests.houses import House
from tests.integration.web.reconnecting import served, watch_all


async def test_who_is_cut_again_and_again_sees_the_end_and_no_progress_fall(house: House) -> None:
    async with served(house) as port:
        crowd = await watch_all(house, port, 200, seed=20261121)
    assert {tuple(each.ends[:1]) for each in crowd} == {("video.completed",)}
    assert [each for each in crowd if each.progress != sorted(each.progress)] == []
    assert sum(each.streams for each in crowd) > 2 * len(crowd)
