import pytest

from matinee.engines.animatic.cutting import Glance, Piece, cut, share

PLACES = ("forest", "beach", "city")


def glance(sentence: str) -> Glance:
    place = next((place for place in PLACES if place in sentence), None)
    return Glance(place=place, has_picture="fox" in sentence or place is not None)


def texts(prompt: str, seconds: float = 20.0) -> list[str]:
    return [piece.text for piece in cut(prompt, seconds, glance)]


@pytest.mark.parametrize(
    "prompt",
    [
        "a fox sleeps. the shot then changes. a fox wakes",
        "a fox sleeps, cut to: a fox wakes",
        "a fox sleeps. Next scene: a fox wakes",
        "a fox sleeps. Then a fox wakes",
        "a fox sleeps, and then a fox wakes",
        "a fox sleeps. The scene fades to a fox wakes",
        "a fox sleeps 镜头切换 a fox wakes",
        "Shot 1: a fox sleeps. Shot 2: a fox wakes",
        "1. a fox sleeps\n2. a fox wakes",
        "[2s] a fox sleeps [3s] a fox wakes",
        "0-4s: a fox sleeps. 4-8s: a fox wakes",
        "(0:00-0:04) a fox sleeps (0:04-0:08) a fox wakes",
        "EXT. a fox sleeps. INT. a fox wakes",
    ],
)
def test_every_way_to_write_a_cut_gives_two_pieces(prompt: str) -> None:
    first, second = texts(prompt)
    assert "sleeps" in first
    assert "wakes" in second


@pytest.mark.parametrize(
    "prompt",
    [
        "a fox sleeps and wakes",
        "a fox in the forest. The forest is green. The fox sleeps.",
        "a fox sleeps and the picture fades to black",
        "Shot 1: a fox",
        "at 12.30 a fox sleeps",
        "a fox runs 100 m, 4 to 5 times",
    ],
)
def test_a_single_scene_is_not_cut(prompt: str) -> None:
    assert len(texts(prompt)) == 1


def test_a_new_place_is_a_new_piece() -> None:
    assert (
        len(texts("a fox in the forest. it looks up. a fox on the beach. a fox in the city")) == 3
    )


def test_what_stands_before_the_first_marker_belongs_to_the_first_piece() -> None:
    first, second = texts("Cinematic, at night.\n[2s] a fox [2s] a bear")
    assert first.startswith("Cinematic")
    assert second == "a bear"


def test_more_pieces_than_fit_are_joined_and_nothing_is_lost() -> None:
    pieces = cut("[1s] one [2s] two [3s] three [4s] four", 5.0, glance)
    assert len(pieces) == 2
    assert "".join(piece.text for piece in pieces).count("e") == "onetwothreefour".count("e")
    assert sum(piece.seconds or 0 for piece in pieces) == 10


def test_stated_lengths_are_kept_in_proportion() -> None:
    pieces = [Piece(text="a", seconds=2.0), Piece(text="b", seconds=6.0)]
    assert share(pieces, 8.0) == (2.0, 6.0)
    assert share(pieces, 4.0) == (1.0, 3.0)


def test_a_piece_without_a_length_gets_the_usual_one() -> None:
    pieces = [Piece(text="a", seconds=3.0), Piece(text="b")]
    assert share(pieces, 8.0) == (4.0, 4.0)


@pytest.mark.parametrize("seconds", [0.01, 1.0, 7.3, 8.04, 25.0])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_lengths_add_up_to_the_whole(seconds: float, count: int) -> None:
    lengths = share([Piece(text="x" * 40 * i) for i in range(count)], seconds)
    assert all(length > 0 for length in lengths)
    assert sum(lengths) == pytest.approx(seconds, abs=1e-12)
