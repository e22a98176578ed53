"""What people wear below the edge of their picture, and faces of people from the neck down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

JACKET, COAT, GOWN = "bust-jacket", "bust-coat", "bust-gown"
SKIN, BOOTS = "#ffc53d", "#2f2a36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """A figure's clothes. Colours are `#rrggbb`."""

    hem: str = JACKET
    """The part that continues the clothes below the picture's edge."""

    trousers: str | None = None
    """None takes a darker shade of the clothes."""

    shoes: str = BOOTS
    hands: str = SKIN
    bare: tuple[bool, bool] = (False, False)
    """Whether the picture shows the hand itself, left and right: then no forearm is added."""

    cape: bool = False
    clothes: str | None = None
    """The colour of the upper clothes; None takes what the picture's lower edge shows."""

    has_board: bool = False
    """Whether a board hangs behind the figure, which cannot come along."""

    badge: str | None = None
    """A part laid over the clothes of a face: buttons, a belt."""


LEFT, RIGHT, BOTH = (True, False), (False, True), (True, True)
PLAIN = Outfit()
HOLDING = Outfit(bare=RIGHT)
ROBE, ROBE_HOLDING = Outfit(hem=GOWN), Outfit(hem=GOWN, bare=RIGHT)
LAB_COAT = Outfit(hem=COAT, trousers="#4d5878")
HERO = Outfit(cape=True, bare=BOTH, shoes="#d8284f")
ARTIST = Outfit(bare=BOTH, clothes="#f2eefa", trousers="#3b4468")
SCIENTIST = Outfit(hem=COAT, trousers="#4d5878", bare=RIGHT)
VAMPIRE = Outfit(cape=True, bare=BOTH, trousers="#2f2a3c")
TEACHER = Outfit(has_board=True, bare=BOTH, clothes="#6f4a44", trousers="#4a3a3c")
CROWNED = Outfit(trousers="#f3eefa", shoes="#5a3a2c")
CASUAL = Outfit(clothes="#3f8ee0", trousers="#3a4468", shoes="#f2f0f6")

OUTFITS: Mapping[str, Outfit] = {
    "artist": ARTIST,
    "baby": Outfit(clothes="#bfe3ff", trousers="#bfe3ff", shoes="#ffffff", badge="bust-bib"),
    "baby-angel": Outfit(hem=GOWN, clothes="#ffffff", shoes=SKIN),
    "alien": Outfit(clothes="#8f9bd8", trousers="#6d78b8", hands="#6fd87a", shoes="#4b5590"),
    "clown-face": Outfit(
        clothes="#ffd23f", trousers="#3fa7f0", shoes="#f0304f", hands="#ffffff", badge="bust-clown"
    ),
    "cook": Outfit(trousers="#4b5068", bare=RIGHT),
    "cowboy-hat-face": Outfit(
        clothes="#f1e2c4", trousers="#3f62a8", shoes="#7a4526", badge="bust-cowboy"
    ),
    "detective": Outfit(hem=COAT, bare=RIGHT),
    "farmer": Outfit(bare=RIGHT, trousers="#2f6fd0", shoes="#6a4326"),
    "firefighter": Outfit(bare=RIGHT, clothes="#d8274f", trousers="#c22a4e", shoes=BOOTS),
    "goblin": Outfit(hem=COAT, clothes="#f2ead8", trousers="#3c3450", hands="#ff2f5f"),
    "grinning-face": CASUAL,
    "guard": Outfit(trousers="#2f2b3c"),
    "health-worker": LAB_COAT,
    "jack-o-lantern": Outfit(hem=COAT, clothes="#3a3346", trousers="#2b2636", hands="#f06a35"),
    "judge": ROBE_HOLDING,
    "man-genie": Outfit(hands="#2f9ff0", trousers="#e8f0ff", shoes="#e8b23c"),
    "man-vampire": VAMPIRE,
    "man-zombie": Outfit(bare=BOTH, clothes="#2d1f42", trousers="#4c4a58", shoes="#5d8388"),
    "mechanic": HOLDING,
    "mrs-claus": Outfit(hem=GOWN, clothes="#e0303c", shoes=BOOTS, badge="bust-santa"),
    "ogre": Outfit(clothes="#5a3a8a", trousers="#41306a", hands="#b0264e"),
    "person-elf": Outfit(hem=COAT, trousers="#7a5238", shoes="#5a3a28"),
    "person-juggling": Outfit(bare=BOTH, trousers="#3d3a58"),
    "person-mage": ROBE_HOLDING,
    "person-superhero": HERO,
    "person-supervillain": Outfit(cape=True, bare=BOTH),
    "person-with-crown": CROWNED,
    "person-with-veil": Outfit(hem=GOWN, bare=BOTH, clothes="#f4f0fa", shoes="#ffffff"),
    "prince": CROWNED,
    "princess": ROBE,
    "robot": Outfit(
        clothes="#d3cdea", trousers="#a9a3cc", shoes="#6f6a98", hands="#f0346a", badge="bust-robot"
    ),
    "santa-claus": Outfit(clothes="#e0303c", trousers="#c4242f", badge="bust-santa"),
    "scientist": SCIENTIST,
    "singer": HOLDING,
    "skull": Outfit(clothes="#3a3346", trousers="#2b2636", hands="#f3eefa"),
    "smiling-face-with-sunglasses": CASUAL,
    "student": ROBE,
    "teacher": TEACHER,
    "technologist": Outfit(bare=BOTH, clothes="#6c6a8c", trousers="#3a4468"),
    "troll": Outfit(bare=RIGHT, hands="#9ccc4a", trousers="#5f4030", shoes="#86b83c"),
    "woman-artist": ARTIST,
    "woman-farmer": Outfit(bare=RIGHT, trousers="#2f6fd0", shoes="#6a4326"),
    "woman-mage": ROBE_HOLDING,
    "woman-scientist": SCIENTIST,
    "woman-singer": HOLDING,
    "woman-student": ROBE,
    "woman-superhero": HERO,
    "woman-teacher": TEACHER,
    "woman-vampire": VAMPIRE,
    "woman-with-headscarf": ROBE,
}
"""By glyph; who is not here wears trousers of the jacket's colour."""
