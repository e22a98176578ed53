"""Characters in a film: which ones a prompt calls, and how many a model can bring on.

A prompt calls one by `@name` anywhere, or by the name as whole words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from matinee.core.errors import InvalidRequest, UnsupportedParameter
from matinee.core.route import Capabilities
from matinee.core.wish import VideoWish

MAX_NAME_CHARACTERS = 80

# Scripts that write no blanks between words have no whole words to look for.
_UNSPACED = "\u2e80-\U0003ffff"
_LETTER = re.compile(rf"[^\W{_UNSPACED}]")


def clean_name(text: str, *, param: str = "name") -> str:
    """The name of a character as it is kept. Raises InvalidRequest."""
    name = text.strip().removeprefix("@").strip()
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS or not name.isprintable() or name[0] == "@":
        raise InvalidRequest(
            f"A character's name has 1 to {MAX_NAME_CHARACTERS} printable characters.", param=param
        )
    return name


def check_wished_characters(wish: VideoWish, capabilities: Capabilities) -> None:
    """Raise an InvalidRequest if more characters are wished for than the engine can bring on."""
    params = [each.param for each in wish.characters]
    if wish.character_clip is not None:
        params.append(wish.character_clip.param)
    if len(params) <= capabilities.max_characters:
        return
    if not capabilities.max_characters:
        raise UnsupportedParameter("This model takes no characters.", param=params[0])
    raise InvalidRequest(
        f"{len(params)} characters were sent; this model takes {capabilities.max_characters} at "
        "most.",
        param=params[capabilities.max_characters],
    )


def check_called(names: Sequence[str], capabilities: Capabilities) -> None:
    """Raise InvalidRequest if a film with characters of these names has too many of them."""
    if len(names) > capabilities.max_characters:
        listed = ", ".join(f"'{name}'" for name in names)
        raise InvalidRequest(
            f"The prompt and 'characters' call {len(names)} characters ({listed}); this model "
            f"takes {capabilities.max_characters} at most.",
            param="prompt",
        )


def called_names(names: Sequence[str], text: str) -> list[str]:
    """Those of `names` that `text` calls, each once, in the order in which it does.

    Capitals count. Where one name is the beginning of another, the longer one is meant. No name
    begins with an `@` itself.
    """
    # Looked up by place and length: thousands of names in one pattern would take seconds.
    known = frozenset(names)
    lengths = sorted({len(name) for name in known}, reverse=True)
    called: dict[str, None] = {}
    at = 0
    while lengths and at < len(text):
        start = at + (text[at] == "@")
        is_inside = start == at > 0 and _is_letter(text[at - 1]) and _is_letter(text[at])
        name = None if is_inside else _name_at(text, start, known, lengths)
        at += 1
        if name is not None:
            called[name] = None
            at = start + len(name)
    return list(called)


def _name_at(text: str, start: int, known: Set[str], lengths: Sequence[int]) -> str | None:
    """The longest name that stands in `text` from `start` on, and does not go on as a word."""
    for length in lengths:
        end = start + length
        name = text[start:end]
        if name in known and not (_is_letter(name[-1]) and _is_letter(text[end : end + 1])):
            return name
    return None


def _is_letter(character: str) -> bool:
    return _LETTER.match(character) is not None


def unknown_call(text: str) -> str | None:
    """The first `@name` of one word in `text`: what a character without a name is called by."""
    found = re.search(r"(?<!\w)@(\w[\w.-]{0,79})", text)
    return found.group(1).rstrip(".-") if found else None
