"""Cuts a prompt into the pieces that become shots, and shares the film's time among them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SHORTEST_SHOT_S = 2.5
EXACT_S = 0.01
TICK_S = 1 / 64
"""Lengths are whole ticks: a binary fraction, so that they add up without rounding."""

NUMBER = r"(\d{1,4}(?:\.\d{1,3})?)"
SECONDS = r"\s?(?:s|sec|secs|second|seconds|秒)\b"
MARKER = re.compile(
    rf"\[\s?{NUMBER}{SECONDS}\s?\]"  # [5.0s]
    rf"|[\[(]?\b{NUMBER}(?:{SECONDS})?\s?(?:-|–|—|to|~)\s?{NUMBER}{SECONDS}\s?[\])]?[:,]?"  # 0-4s:
    r"|[\[(]?\b(\d{1,2}):(\d\d)\s?(?:-|–|—|to)\s?(\d{1,2}):(\d\d)\b\s?[\])]?:?"  # (0:00-0:04)
    rf"|\b(?:shot|scene|clip|part|镜头|场景)\s?#?\d{{1,2}}\s?(?:\(\s?{NUMBER}{SECONDS}\s?\))?\s?[:.)-]"
    r"|\b(?:INT|EXT)\.(?:/(?:INT|EXT)\.)?"
    r"|(?:^|\n)\s{0,8}\d{1,2}\s?[.)](?=\s)",
    re.IGNORECASE,
)
CUT = re.compile(
    r"\b(?:the |our )?(?:shot|scene|view|picture|video|film|camera) (?:then |suddenly |now )?"
    r"(?:changes|cuts|switches|shifts|transitions|fades|dissolves|jumps)\b(?: to\b)?"
    r"|\b(?:smash |match |jump |hard |quick )?cut(?:s|ting)? to\b"
    r"|\b(?:fade|fades|dissolve|dissolves|transition|transitions|transitioning) (?:in)?to\b"
    r"|\b(?:the )?(?:next|second|third|fourth|final|last|another|new|following) "
    r"(?:shot|scene)\b(?: shows| is| of| features)?"
    r"|镜头切换(?:到|至)?|画面切换(?:到|至)?|镜头一转|切换到|切到|下一个镜头|转场",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?;。！？；])\s*|\n+|,?\s+(?:and\s+)?(?=then\b)", re.IGNORECASE)
CUE = re.compile(
    r"\s*(?:and |but )?(?:then|next|now|later|meanwhile|suddenly|finally|afterwards?|after that|"
    r"moments later|eventually|at last|接着|然后|随后|最后)\b",
    re.IGNORECASE,
)
EMPTY = re.compile(r"[\W_]*(?:then|now|and|the|to|black|white|next|finally)?[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The text of one shot to be."""

    text: str
    seconds: float | None = None
    """How long the prompt wants it, if it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a sentence shows, seen briefly."""

    place: str | None
    """The place in which somebody acts."""

    has_picture: bool
    """Whether it names anything that can be shown."""


def cut(prompt: str, seconds: float, glance: Callable[[str], Glance]) -> tuple[Piece, ...]:
    """The pieces of `prompt`, at least one and no more than fit into `seconds`.

    `glance` tells what a sentence shows.
    """
    pieces = _storyboard(prompt) or _scenes(prompt, glance)
    most = max(1, int(seconds / SHORTEST_SHOT_S + 1e-6))
    return _at_most(pieces or [Piece(text=prompt.strip())], most)


def share(pieces: Sequence[Piece], seconds: float) -> tuple[float, ...]:
    """How long each piece lasts; together exactly `seconds`, in the proportions they ask for."""
    asked = [piece.seconds for piece in pieces if piece.seconds is not None]
    if len(asked) == len(pieces) and abs(sum(asked) - seconds) < EXACT_S:
        return (*asked[:-1], seconds - sum(asked[:-1]))
    usual = sum(asked) / len(asked) if asked else 0.0
    if asked:
        weights = [usual if piece.seconds is None else piece.seconds for piece in pieces]
    else:
        # A long description is seen a little longer than a short one, but not in proportion.
        weights = [1.0 + min(len(piece.text), 400) / 400 for piece in pieces]
    total = sum(weights)
    ticks = [round(seconds * weight / total / TICK_S) for weight in weights[:-1]]
    lengths = [max(1, count) * TICK_S for count in ticks]
    rest = seconds - sum(lengths)
    if rest <= 0:
        return tuple(seconds / len(pieces) for _ in pieces)
    return (*lengths, rest)


def scene_lengths(asked: Sequence[float | None], seconds: float) -> tuple[float, ...]:
    """How long each scene of a storyboard lasts; together `seconds`.

    As long as it asks for; scenes that leave it open share what the others leave. Where that
    can't be, all of them in proportion.
    """
    given = [length for length in asked if length is not None]
    left = seconds - sum(given)
    openly = len(asked) - len(given)
    if openly and left > 0:
        return tuple(left / openly if length is None else length for length in asked)
    usual = sum(given) / len(given) if given else 1.0
    weights = [usual if length is None else length for length in asked]
    return tuple(seconds * weight / sum(weights) for weight in weights)


def _storyboard(prompt: str) -> list[Piece]:
    """Pieces that the prompt itself marks: `[5.0s]`, `0-4s:`, `Shot 1:`, numbered lines."""
    marks = list(MARKER.finditer(prompt))
    if not marks or (len(marks) == 1 and _length(marks[0]) is None):
        return []
    header = prompt[: marks[0].start()].strip()
    ends = [mark.start() for mark in marks[1:]] + [len(prompt)]
    pieces = [
        Piece(text=prompt[mark.end() : end].strip(" \n\t:-–,"), seconds=_length(mark))
        for mark, end in zip(marks, ends, strict=True)
    ]
    pieces = [piece for piece in pieces if not EMPTY.fullmatch(piece.text)]
    if pieces and not EMPTY.fullmatch(header):
        pieces[0] = Piece(text=f"{header}\n{pieces[0].text}", seconds=pieces[0].seconds)
    return pieces


def _length(mark: re.Match[str]) -> float | None:
    """The seconds that a marker states, None if it only counts."""
    alone, begin, end, *clock, of_shot = mark.groups()
    if alone or of_shot:
        return float(alone or of_shot) or None
    if begin and end:
        return max(0.0, float(end) - float(begin)) or None
    if clock and clock[0] is not None:
        first, last = (int(clock[i]) * 60 + int(clock[i + 1]) for i in (0, 2))
        return float(max(0, last - first)) or None
    return None


def _scenes(prompt: str, glance: Callable[[str], Glance]) -> list[Piece]:
    """Pieces between the phrases that speak of a cut, and where the place changes."""
    texts = [text.strip(" ,.:;\n-") for text in CUT.split(prompt)]
    scenes = [scene for text in texts for scene in _by_place(text, glance)]
    return [Piece(text=scene) for scene in scenes if not EMPTY.fullmatch(scene)]


def _by_place(text: str, glance: Callable[[str], Glance]) -> list[str]:
    scenes: list[str] = []
    here: str | None = None
    for sentence in SENTENCE_END.split(text):
        if not sentence or not sentence.strip():
            continue
        seen = glance(sentence)
        moves = seen.place is not None and here is not None and seen.place != here
        if not scenes or moves or (CUE.match(sentence) and seen.has_picture):
            scenes.append(sentence.strip())
            here = seen.place or here
            continue
        scenes[-1] = f"{scenes[-1]} {sentence.strip()}"
        here = here or seen.place
    return scenes


def _at_most(pieces: list[Piece], most: int) -> tuple[Piece, ...]:
    """The pieces, the shortest neighbours joined until no more than `most` are left."""
    # Joining costs time by the square, and nobody means hundreds of shots.
    kept = list(pieces[: 6 * most])
    while len(kept) > most:
        sizes = [len(a.text) + len(b.text) for a, b in pairwise(kept)]
        first = sizes.index(min(sizes))
        a, b = kept[first : first + 2]
        asked = [piece.seconds for piece in (a, b) if piece.seconds is not None]
        joined = Piece(text=f"{a.text} {b.text}", seconds=sum(asked) if asked else None)
        kept[first : first + 2] = [joined]
    return tuple(kept)
