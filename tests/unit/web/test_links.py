"""Links as the client of a request can follow them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.asset import AssetVariant
from matinee.web.links import Links, file_link, film_link
from tests.exchanges import a_scope
from tests.samples import a_video, a_video_id, an_asset

FORWARDED = {"x_forwarded_host": "films.example.org, inner", "x_forwarded_proto": "https"}


def test_a_link_begins_with_what_the_request_calls_the_server() -> None:
    assert Links(public_url=None).base(a_scope(host="box:8642")) == "http://box:8642"


def test_a_public_url_goes_before_everything() -> None:
    links = Links(public_url="https://films.example.org/sora/")
    assert links.base(a_scope(host="box:8642")) == "https://films.example.org/sora"


def test_forwarding_headers_of_strangers_are_passed_over() -> None:
    assert Links(public_url=None).base(a_scope(**FORWARDED)) == "http://localhost:8642"


@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/8"])
def test_forwarding_headers_of_a_trusted_proxy_shape_the_link(trusted: str) -> None:
    links = Links(public_url=None, trusted_proxies=[trusted])
    assert links.base(a_scope(**FORWARDED)) == "https://films.example.org"


def test_a_proxy_that_is_not_the_trusted_one_is_a_stranger() -> None:
    links = Links(public_url=None, trusted_proxies=["10.0.0.1"])
    assert links.base(a_scope(**FORWARDED)) == "http://localhost:8642"


@pytest.mark.parametrize("host", ['a"onload="x', "a b", "a/b", "<script>", "a)b", ""])
def test_a_host_that_would_break_out_of_markup_is_not_used(host: str) -> None:
    assert Links(public_url=None).base(a_scope(host=host)) == "http://127.0.0.1:8642"


def test_a_film_s_link_ends_in_its_ending_and_has_no_query() -> None:
    video = replace(a_video(), assets=(an_asset(),))
    assert film_link("http://h", video) == f"http://h/f/token-1/task_{a_video_id()}.mp4"


def test_there_is_no_link_to_a_file_that_is_not_there() -> None:
    video = replace(a_video(), assets=(an_asset(),))
    assert file_link("http://h", video, AssetVariant.THUMBNAIL) is None
    assert film_link("http://h", a_video()) is None
