"""The kinds of room: their colours, and the words of a prompt that name them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from matinee.engines.animatic.shots import Shot

Codes = tuple[str, ...]


class Kind(Enum):
    """What a room is for."""

    LIVING = "living"
    KITCHEN = "kitchen"
    STUDY = "study"
    LIBRARY = "library"
    CLASSROOM = "classroom"


class Floor(Enum):
    """What one walks on."""

    PLANKS = "planks"
    TILES = "tiles"
    PARQUET = "parquet"


class Wall(Enum):
    """How a wall is finished."""

    PAPER = "paper"
    TILED = "tiled"
    BRICK = "brick"
    PANELLED = "panelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a room looks. Colours are `#rrggbb`; each tuple is a choice."""

    kind: Kind
    wall: Wall
    walls: Codes
    dado: str
    """The lower part of the walls."""

    trim: str
    floor: Floor
    floors: tuple[str, str]
    accents: Codes
    """Of seats, curtains and rugs."""

    glyphs: Codes
    """Small things on shelves and tables."""


LIVING = Style(
    kind=Kind.LIVING,
    wall=Wall.PAPER,
    walls=("#d9b48c", "#9db8a8", "#c8a8a0", "#8fa9c4", "#d6c29a"),
    dado="#efe4d0",
    trim="#f6eede",
    floor=Floor.PLANKS,
    floors=("#a9713f", "#8a5730"),
    accents=("#3f7f8c", "#b5533f", "#4f6da8", "#6a8a4a", "#a8653a"),
    glyphs=(
        "books",
        "potted-plant",
        "mantelpiece-clock",
        "framed-picture",
        "camera",
        "globe-showing-americas",
        "trophy",
        "teapot",
        "candle",
        "radio",
        "teddy-bear",
        "violin",
    ),
)
KITCHEN = Style(
    kind=Kind.KITCHEN,
    wall=Wall.TILED,
    walls=("#e8d3a8", "#cfdcc8", "#e4c4ae", "#c8d8e0"),
    dado="#f2eee2",
    trim="#faf4e6",
    floor=Floor.TILES,
    floors=("#e2d8c6", "#8fb0a8"),
    accents=("#5f9c94", "#c8694a", "#6a86b8", "#d9a544", "#8aa860"),
    glyphs=(
        "teapot",
        "pot-of-food",
        "red-apple",
        "bread",
        "lemon",
        "wine-glass",
        "hot-beverage",
        "tomato",
        "cheese-wedge",
        "carrot",
        "potted-plant",
        "pie",
        "grapes",
        "croissant",
    ),
)
STUDY = Style(
    kind=Kind.STUDY,
    wall=Wall.BRICK,
    walls=("#a8705a", "#9aa4ae", "#8aa0a0", "#b08a6c"),
    dado="#8c7a6c",
    trim="#d8d0c4",
    floor=Floor.PLANKS,
    floors=("#9a7a58", "#7c6044"),
    accents=("#d0873a", "#3f7fa8", "#4f9a7a", "#c2564a"),
    glyphs=(
        "books",
        "wrench",
        "hammer",
        "gear",
        "microscope",
        "light-bulb",
        "telescope",
        "package",
        "laptop",
        "world-map",
        "robot",
        "camera",
        "magnet",
        "scroll",
    ),
)
LIBRARY = Style(
    kind=Kind.LIBRARY,
    wall=Wall.PANELLED,
    walls=("#a06e44", "#8f6650", "#7c6470"),
    dado="#7a5236",
    trim="#a8784a",
    floor=Floor.PARQUET,
    floors=("#9a6238", "#7c4a28"),
    accents=("#8f2f3a", "#2f5f4a", "#3a4a80", "#8a5a2a"),
    glyphs=(
        "globe-showing-americas",
        "mantelpiece-clock",
        "candle",
        "scroll",
        "owl",
        "crystal-ball",
        "telescope",
        "potted-plant",
        "hourglass-not-done",
        "magnifying-glass-tilted-left",
        "compass",
    ),
)
CLASSROOM = Style(
    kind=Kind.CLASSROOM,
    wall=Wall.PAPER,
    walls=("#dcd3a4", "#b8d0c4", "#cfd6e0"),
    dado="#7fa08c",
    trim="#f0e6cc",
    floor=Floor.PLANKS,
    floors=("#b98a52", "#9a6e3c"),
    accents=("#4f8a6a", "#c8694a", "#4f74b0"),
    glyphs=(
        "globe-showing-americas",
        "books",
        "red-apple",
        "backpack",
        "alarm-clock",
        "paintbrush",
        "potted-plant",
        "microscope",
    ),
)

NAMED = (
    (("kitchen", "bakery", "cook", "baking", "stove", "countertop", "厨房"), KITCHEN),
    (("classroom", "school", "teacher", "lesson", "chalkboard", "教室"), CLASSROOM),
    (
        ("library", "bookshop", "bookstore", "museum", "great hall", "throne", "图书馆", "书房"),
        LIBRARY,
    ),
    (
        ("office", "lab", "workshop", "garage", "studio", "attic", "basement", "desk", "办公室"),
        STUDY,
    ),
    (
        (
            "living room",
            "bedroom",
            "sofa",
            "couch",
            "fireplace",
            "hotel",
            "nursery",
            "客厅",
            "卧室",
        ),
        LIVING,
    ),
)
"""Words of the prompt that name a room, whatever the variant."""

TABLE_WORDS = (
    "on a table",
    "on the table",
    "on a desk",
    "on the desk",
    "tabletop",
    "countertop",
    "on a plate",
    "on the counter",
    "windowsill",
    "window sill",
    "桌上",
    "桌子上",
)
TABLE_GLYPHS = frozenset({
    "birthday-cake", "bread", "candle", "chess-pawn", "chocolate-bar", "closed-book", "cookie",
    "cupcake", "doughnut", "hot-beverage", "ice-cream", "microscope", "nesting-dolls", "open-book",
    "pancakes", "pizza", "pie", "pot-of-food", "puzzle-piece", "spaghetti", "steaming-bowl",
    "sushi", "teapot", "telephone", "wine-glass", "wrapped-gift", "soft-ice-cream", "burrito",
    "taco", "french-fries", "sandwich", "croissant", "beer-mug", "bubble-tea", "glass-of-milk",
    "egg", "yarn", "gear", "scissors", "key", "old-key", "gem-stone", "trophy", "red-apple",
    "banana", "strawberry", "lemon", "grapes", "tangerine", "crown", "ring", "hamster", "mouse",
    "alarm-clock", "mobile-phone", "hamburger", "shortcake", "peach", "pear", "avocado", "coin",
})  # fmt: skip
"""What is looked at on a table rather than on a floor."""


def style_of(shot: Shot) -> Style:
    """The room that the shot's words or variant choose."""
    text = shot.text.lower()
    for words, style in NAMED:
        if any(word in text for word in words):
            return style
    last = LIBRARY if shot.seed % 3 else CLASSROOM
    return (LIVING, KITCHEN, STUDY, last)[shot.variant % 4]


def is_on_table(shot: Shot) -> bool:
    """Whether the shot looks over a table top."""
    text = shot.text.lower()
    if any(word in text for word in TABLE_WORDS):
        return True
    return bool(shot.subjects) and all(one.glyph in TABLE_GLYPHS for one in shot.subjects)
