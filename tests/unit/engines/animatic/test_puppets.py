"""Tests of the puppets: every body plays every action."""

import pickle

import numpy as np
import pytest

from matinee.engines.animatic.affine import compose, scale, translate
from matinee.engines.animatic.artwork import Artwork, ArtworkMissing
from matinee.engines.animatic.blocking import block
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.casting import Mention
from matinee.engines.animatic.puppets import make_puppet
from matinee.engines.animatic.puppets.player import SHADOW_PX
from matinee.engines.animatic.puppets.standee import picture_card
from matinee.engines.animatic.puppets.tailoring import (
    SEAM_PX,
    WIDTH_PX,
    middle_of,
    tailored,
    without_board,
)
from matinee.engines.animatic.puppets.wardrobe import GOWN, OUTFITS, PLAIN
from matinee.engines.animatic.shots import Action, Body, Setting, Subject
from matinee.engines.animatic.staging import Light, Puppet
from matinee.engines.animatic.vocabulary import cast

PICTURE = np.full((60, 80, 3), (30, 90, 160), np.uint8)
ART = Artwork(pictures={"role:Mossy": picture_card(PICTURE)})
LIGHT = Light(key="#fff6e0", ambient="#a0b8cc", rim="#fff6d8")
SIDE_PX, FIGURE_PX = 220, 100
GLYPHS = {
    Body.WHOLE: "elephant",
    Body.PLUSH: "dog-face",
    Body.ASTRONAUT: "cat-face",
    Body.PLAYER: "fox",
    Body.BUST: "cook",
    Body.CUTOUT: "role:Mossy",
}
MOMENTS = (0.1, 0.55, 1.3)
IN_AIR = frozenset({Action.FLY, Action.FLOAT, Action.SWIM})


def a_puppet(body: Body, action: Action, glyph: str | None = None) -> Puppet:
    name = glyph or GLYPHS[body]
    subject = Subject(noun="x", glyph=name, body=body, action=action)
    return make_puppet(subject, LIGHT, ART, seed=4)


def drawn(puppet: Puppet, t: float) -> Image:
    """The puppet on nothing, 100 px high, its feet in the middle at two thirds of the height."""
    canvas = Canvas(SIDE_PX, SIDE_PX)
    canvas.clear()
    puppet.draw(canvas, compose(translate(SIDE_PX / 2, 160), scale(FIGURE_PX)), t)
    return canvas.finish().copy()


def cover(image: Image) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is drawn."""
    rows, columns = np.flatnonzero(image.any((1, 2))), np.flatnonzero(image.any((0, 2)))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("body", Body)
def test_every_body_plays_every_action_inside_its_space(body: Body, action: Action) -> None:
    puppet = a_puppet(body, action)
    pictures = [drawn(puppet, t) for t in MOMENTS]
    for picture in pictures:
        assert (picture[..., 3] > 200).sum() > 1200
        top, bottom, left, right = cover(picture)
        assert 160 - 1.35 * FIGURE_PX < top < bottom < 160 + 0.35 * FIGURE_PX
        assert SIDE_PX / 2 - 0.95 * FIGURE_PX < left < right < SIDE_PX / 2 + 0.95 * FIGURE_PX
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[1] != pictures[2]).any()


@pytest.mark.parametrize("body", Body)
def test_a_picture_depends_on_the_time_alone(body: Body) -> None:
    puppet = a_puppet(body, Action.DANCE)
    first = drawn(puppet, 0.7)
    drawn(puppet, 3.1)
    assert (drawn(puppet, 0.7) == first).all()


@pytest.mark.parametrize("body", Body)
def test_a_puppet_pickles_into_one_that_draws_the_same(body: Body) -> None:
    puppet = a_puppet(body, Action.RUN)
    buffers: list[pickle.PickleBuffer] = []
    state = pickle.dumps(puppet, 5, buffer_callback=buffers.append)
    # Scenes live in shared memory, which a worker may only read.
    twin = pickle.loads(state, buffers=[bytes(buffer.raw()) for buffer in buffers])  # noqa: S301
    assert len(state) < 20_000
    assert (drawn(twin, 0.9) == drawn(puppet, 0.9)).all()


@pytest.mark.parametrize("body", Body)
def test_a_subject_without_artwork_is_refused(body: Body) -> None:
    with pytest.raises(ArtworkMissing):
        a_puppet(body, Action.STAND, glyph="no-such-glyph")


@pytest.mark.parametrize("glyph", sorted(cast.BUSTS | cast.ODD_FACES))
def test_every_person_stands_upright_from_head_to_shoes(glyph: str) -> None:
    top, bottom, left, right = cover(drawn(a_puppet(Body.BUST, Action.STAND, glyph), 0.2))
    assert 158 <= bottom <= 166
    assert 0.84 * FIGURE_PX < 160 - top <= 1.02 * FIGURE_PX
    assert right - left < 0.9 * FIGURE_PX


@pytest.mark.parametrize("action", sorted(set(Action) - IN_AIR))
def test_somebody_on_the_ground_touches_it_and_never_sinks_in(action: Action) -> None:
    puppet = a_puppet(Body.BUST, action, "police-officer")
    bottoms = [cover(drawn(puppet, t))[1] for t in np.linspace(0, 1.3, 14).tolist()]
    assert max(bottoms) <= 166
    assert max(bottoms) >= 157


def test_who_sits_is_lower_than_who_stands() -> None:
    tops = [
        cover(drawn(a_puppet(Body.BUST, action), 0.3))[0] for action in (Action.SIT, Action.STAND)
    ]
    assert tops[0] > tops[1] + 10


def test_walking_legs_open_and_close() -> None:
    puppet = a_puppet(Body.BUST, Action.WALK)
    widths = []
    for t in np.linspace(0, 1.2, 13).tolist():
        feet = drawn(puppet, t)[145:]
        widths.append(np.ptp(np.flatnonzero(feet.any((0, 2)))))
    assert max(widths) > 1.5 * min(widths)


@pytest.mark.parametrize("glyph", ["cook", "police-officer", "woman-farmer", "person-mage"])
def test_clothes_go_on_below_the_edge_of_the_picture(glyph: str) -> None:
    figure = tailored(
        Subject(noun="x", glyph=glyph, body=Body.BUST), OUTFITS.get(glyph, PLAIN), ART
    ).upper
    column = figure[SEAM_PX - 60 : SEAM_PX + 60, WIDTH_PX // 2 - 30]
    assert (column[:, 3] == 255).all()
    assert np.abs(np.diff(column[:, :3].astype(int), axis=0)).max() < 40


def test_an_asymmetrical_picture_is_hung_up_by_its_person() -> None:
    plain, holding = ART.glyph("office-worker"), ART.glyph("scientist")
    assert middle_of(plain) == pytest.approx(180, abs=8)
    assert middle_of(holding) == pytest.approx(180, abs=8)


def test_a_teacher_leaves_the_board_behind() -> None:
    picture = ART.glyph("teacher")
    alone = without_board(picture)
    assert picture[100, 30, 3] == 255
    assert alone[100, 30, 3] == 0
    assert alone[-60, picture.shape[1] // 2, 3] == 255


def test_a_coat_colours_the_clothes_of_a_face_and_not_its_skin() -> None:
    subject = Subject(noun="clown", glyph="clown-face", body=Body.BUST, coat="#2040ff")
    plain = tailored(Subject(noun="clown", glyph="clown-face"), OUTFITS["clown-face"], ART)
    blue = tailored(subject, OUTFITS["clown-face"], ART)
    assert blue.typical[0] > blue.typical[2] + 0.5
    assert (blue.upper[60:200] == plain.upper[60:200]).all()


def test_outfits_are_of_people_who_exist_and_women_of_rank_wear_gowns() -> None:
    assert set(OUTFITS) <= cast.BUSTS | cast.ODD_FACES
    assert OUTFITS["princess"].hem == GOWN


def test_a_piano_throws_a_shadow_wider_than_itself() -> None:
    picture = drawn(a_puppet(Body.PLAYER, Action.PLAY), 0.4)
    floor = picture[160]
    shaded = np.flatnonzero((floor[:, 3] > 4) & (floor[:, 3] < 255))
    assert np.ptp(shaded) > 1.0 * FIGURE_PX
    assert SHADOW_PX[0] > ART.part("piano-body").shape[1]


@pytest.mark.parametrize(
    ("glyph", "setting", "body", "shown"),
    [
        ("cook", Setting.ROOM, Body.BUST, "cook"),
        ("santa-claus", Setting.SNOW, Body.BUST, "santa-claus"),
        ("dog-face", Setting.MEADOW, Body.PLUSH, "dog-face"),
        ("police-officer", Setting.SPACE, Body.ASTRONAUT, "person"),
        ("woman-scientist", Setting.STATION, Body.ASTRONAUT, "woman"),
        ("robot", Setting.SPACE, Body.ASTRONAUT, "robot"),
    ],
)
def test_people_shown_to_the_chest_get_a_body_and_in_space_a_suit(
    glyph: str, setting: Setting, body: Body, shown: str
) -> None:
    mention = Mention(noun="x", phrase="x", glyph=glyph, at=0, end=1, count=1)
    (subject,) = block([mention], setting).subjects
    assert (subject.body, subject.glyph) == (body, shown)
