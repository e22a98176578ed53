"""How long a film of scenes is, and how long each of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Scene, VideoSpec
from matinee.core.wish import VideoWish, WishDefaults
from matinee.policy.framing import Described, check_wish, settle
from matinee.policy.storyboards import LEAST_SCENE_S, share_seconds, storyboard_seconds

ABLE = Capabilities(sizes=(Size(720, 1280),), min_seconds=4, max_seconds=25, max_scenes=4)
DEFAULTS = WishDefaults(model="sora-2", size=Size(720, 1280), seconds=10)


def scenes(*lengths: float | None) -> tuple[Scene, ...]:
    return tuple(Scene(prompt=f"scene {n}", seconds=each) for n, each in enumerate(lengths, 1))


def settled(*lengths: float | None, seconds: int | None = None, model: str = "sora-2") -> VideoSpec:
    wish = VideoWish(prompt="", storyboard=scenes(*lengths), seconds=seconds, model=model)
    check_wish(wish, ABLE)
    return settle(wish, capabilities=ABLE, defaults=DEFAULTS, described=Described(), seed=1)


@pytest.mark.parametrize(
    ("lengths", "seconds", "settled_lengths"),
    [
        ((5, 7), 12, [5, 7]),
        ((2.5, 2.5), 5, [2.5, 2.5]),
        ((2.5, 2.5, 2.5), 8, [2.5, 2.5, 3]),
        ((None, None), 10, [5, 5]),
        ((None, None, None), 10, [3.333, 3.333, 3.334]),
        ((4, None), 10, [4, 6]),
        ((9.5, None), 19, [9.5, 9.5]),
    ],
)
def test_a_film_is_as_long_as_its_scenes(
    lengths: tuple[float | None, ...], seconds: int, settled_lengths: list[float]
) -> None:
    spec = settled(*lengths)
    assert spec.seconds == seconds
    assert [scene.seconds for scene in spec.storyboard] == settled_lengths


def test_a_named_length_is_shared_by_the_scenes_without_one() -> None:
    assert [scene.seconds for scene in settled(2, None, None, seconds=12).storyboard] == [2, 5, 5]


def test_the_scenes_lengths_go_before_the_one_in_the_model_s_name() -> None:
    assert settled(5, 7, model="sora-2-25s").seconds == 12


@pytest.mark.parametrize(
    ("lengths", "seconds", "text"),
    [
        ((5, 5), 12, "last 10 s together, and the film 12 s"),
        ((10, None), 10, "too little for the other 1"),
        ((0.2, 4), None, "at least 0.5 s"),
        ((5, 5, 5, 5, 5), None, "at most 4"),
        ((20, 20), None, "from 4 to 25"),
    ],
)
def test_lengths_that_contradict_are_refused(
    lengths: tuple[float | None, ...], seconds: int | None, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as refused:
        settled(*lengths, seconds=seconds)
    assert refused.value.param == "storyboard"


def test_a_model_that_follows_no_storyboard_says_so() -> None:
    unable = Capabilities(sizes=(Size(720, 1280),), min_seconds=4, max_seconds=25)
    with pytest.raises(InvalidRequest, match="no storyboard"):
        check_wish(VideoWish(prompt="a", storyboard=scenes(5)), unable)


def test_without_a_prompt_the_scenes_are_the_prompt() -> None:
    assert settled(5, 5).prompt == "scene 1\nscene 2"


def test_a_film_has_a_prompt_or_scenes() -> None:
    with pytest.raises(MissingParameter):
        check_wish(VideoWish(prompt=" "), ABLE)


_LENGTHS = st.lists(
    st.none() | st.integers(5, 250).map(lambda tenths: tenths / 10), min_size=1, max_size=12
)


@given(_LENGTHS, st.integers(4, 25))
def test_scenes_always_add_up_to_their_film(lengths: list[float | None], otherwise: int) -> None:
    film = scenes(*lengths)
    seconds = storyboard_seconds(film, otherwise)
    shared = share_seconds(film, seconds)
    total = sum(scene.seconds or 0 for scene in shared)
    assert total == pytest.approx(seconds, abs=1e-6)
    assert all((scene.seconds or 0) >= LEAST_SCENE_S - 0.01 for scene in shared)
