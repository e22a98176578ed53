import pytest

from matinee.engines.animatic.casting import Mention, mentions_in, merged
from matinee.engines.animatic.lexicon import shipped_lexicon
from matinee.engines.animatic.shots import Action


def cast_of(text: str) -> tuple[Mention, ...]:
    return merged(mentions_in(shipped_lexicon().read(text)))


def only(text: str) -> Mention:
    (mention,) = cast_of(text)
    return mention


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a fox", 1),
        ("two foxes", 2),
        ("3 foxes", 3),
        ("a dozen foxes", 12),
        ("a flock of birds", 7),
        ("an elephant herd", 6),
        ("many red balloons", 9),
        ("hundreds of bees", 12),
        ("99 balloons", 12),
        ("foxes", None),
        ("a 30 year old chef", 1),
    ],
)
def test_a_mention_counts_what_the_words_before_it_say(text: str, count: int | None) -> None:
    assert only(text).count == count


@pytest.mark.parametrize(
    ("text", "coat"),
    [
        ("a blue car", "#3f78e0"),
        ("a white fluffy cat", "#f3efe8"),
        ("a golden retriever", "#e8a848"),
        ("golden retriever puppies", "#e8a848"),
        ("a calico cat", "calico"),
        ("a red fox", None),
        ("a fox and a red", None),
    ],
)
def test_a_mention_wears_the_colour_that_belongs_to_it(text: str, coat: str | None) -> None:
    assert only(text).coat == coat


@pytest.mark.parametrize(
    ("text", "size"),
    [("a tiny fox", 0.55), ("a giant octopus", 1.7), ("a baby elephant", 0.75), ("a fox", 1.0)],
)
def test_a_mention_has_the_size_it_is_given(text: str, size: float) -> None:
    assert only(text).size == size


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("a fox runs and a bear sleeps", [Action.RUN, Action.SIT]),
        ("a boy and his dog sitting on a pier", [Action.SIT, Action.SIT]),
        ("a flying cat", [Action.FLY]),
        ("running through the field, a fox", [Action.RUN]),
        ("a cat chasing a mouse", [Action.RUN, Action.RUN]),
        ("a cat stands and then dances", [Action.DANCE]),
        ("many tennis balls are flying around a dog", [Action.FLY, None]),
        ("a fox. music plays", [None]),
        ("a fox. the camera follows and drives in", [None]),
        ("a dog, steam rising", [None]),
    ],
)
def test_a_verb_goes_to_whoever_does_it(text: str, actions: list[Action | None]) -> None:
    assert [mention.action for mention in cast_of(text)] == actions


@pytest.mark.parametrize(
    ("text", "glyph", "is_suited"),
    [
        ("an astronaut golden retriever", "dog-face", True),
        ("a cat astronaut", "cat-face", True),
        ("a bear in a spacesuit", "bear", True),
        ("a robot chef", "robot", False),
        ("a pirate cat", "cat-face", False),
        ("a female astronaut", "woman", True),
        ("a woman scientist", "woman-scientist", False),
    ],
)
def test_nouns_that_stand_together_are_one_figure(text: str, glyph: str, is_suited: bool) -> None:
    mention = only(text)
    assert (mention.glyph, mention.is_suited) == (glyph, is_suited)


def test_the_dog_is_the_retriever_of_before() -> None:
    dog = only("a golden retriever in the grass. the dog runs")
    assert (dog.noun, dog.coat, dog.action) == ("retriever", "#e8a848", Action.RUN)


def test_a_word_that_is_a_verb_too_is_a_noun_only_where_it_stands_as_one() -> None:
    assert [mention.glyph for mention in cast_of("a man and a woman watch the big wave")] == [
        "man",
        "woman",
        "water-wave",
    ]


def test_a_theme_is_no_figure() -> None:
    assert cast_of("a pup-themed room") == ()


def test_what_is_worn_is_told_from_what_stands_around() -> None:
    bear, scarf = cast_of("a bear wearing a scarf")
    assert (bear.is_worn, scarf.is_worn) == (False, True)
