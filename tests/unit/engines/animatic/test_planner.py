import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.engines.animatic.artwork import SHIPPED
from matinee.engines.animatic.planner import plan
from matinee.engines.animatic.shots import (
    Action,
    Body,
    CameraMove,
    Look,
    Music,
    Setting,
    Shot,
    ShotList,
    TimeOfDay,
    Weather,
)

SORA = (
    "an astronaut golden retriever named Sora levitates around an intergalactic pup-themed space "
    "station with a tiny jet back that propels him. gorgeous specular lighting and comets fly "
    "through the sky, retro-future astro-themed music plays in the background. light glimmers off "
    "the dog's eyes. the dog initially propels towards the space station with the doors opening to "
    "let him in. the shot then changes. now inside the space station, many tennis balls are flying "
    "around in zero gravity. the dog's astronaut helmet opens up so he can grab one. 35mm film, "
    "the intricate details and texturing of the dog's hair are clearly visible and the light of "
    "the comets shimmers off the fur."
)


def film(prompt: str, *, seconds: float = 8.0, seed: int = 7, freedom: float = 0.0) -> ShotList:
    return plan(prompt, seconds=seconds, seed=seed, look=None, freedom=freedom)


def first_shot(prompt: str) -> Shot:
    return film(prompt).shots[0]


def test_the_example_film_flies_to_the_station_and_then_plays_inside() -> None:
    outside, inside = film(SORA).shots
    assert (outside.setting, inside.setting) == (Setting.SPACE, Setting.STATION)
    for shot in (outside, inside):
        (dog,) = shot.subjects
        assert (dog.glyph, dog.body, dog.action) == ("dog-face", Body.ASTRONAUT, Action.FLOAT)
        assert dog.coat == "#e8a848"
        assert shot.theme == "paw"


def test_the_example_film_has_comets_outside_and_many_tennis_balls_inside() -> None:
    outside, inside = film(SORA).shots
    assert [prop.glyph for prop in outside.props] == ["comet"]
    (balls,) = inside.props
    assert (balls.glyph, balls.floats, balls.count >= 8) == ("tennis-ball", True, True)


def test_the_example_film_sounds_like_its_words_and_puts_the_name_on_signs() -> None:
    shots = film(SORA)
    assert shots.music is Music.SYNTHWAVE
    assert shots.look is Look.PLAIN
    assert "SORA" in shots.shots[0].signs
    assert shots.unread == ()


def test_a_cat_at_the_piano_is_a_seated_player_in_a_calico_coat() -> None:
    shot = first_shot("A calico cat playing a piano on stage")
    (cat,) = shot.subjects
    assert shot.setting is Setting.STAGE
    assert (cat.glyph, cat.body, cat.action) == ("cat-face", Body.PLAYER, Action.PLAY)
    assert cat.coat == "calico"
    assert shot.props == ()
    assert film("A calico cat playing a piano on stage").music is Music.PIANO


def test_a_red_fox_keeps_its_own_red_and_walks_as_a_plush() -> None:
    shot = first_shot("a red fox walking through a forest at sunset")
    (fox,) = shot.subjects
    assert (shot.setting, shot.time_of_day) == (Setting.FOREST, TimeOfDay.DUSK)
    assert (fox.glyph, fox.body, fox.action, fox.coat) == ("fox", Body.PLUSH, Action.WALK, None)


def test_a_street_without_anybody_stays_empty_and_takes_the_camera_move_asked_for() -> None:
    shot = first_shot("rainy neon city street at night, slow dolly in")
    assert (shot.setting, shot.time_of_day) == (Setting.STREET, TimeOfDay.NIGHT)
    assert (shot.weather, shot.camera) == (Weather.RAIN, CameraMove.DOLLY_IN)
    assert shot.subjects == ()


@pytest.mark.parametrize(
    "prompt", ["make animate", "", "   ", "asdf qwer", "...", "人工智能", "🙂"]
)
def test_a_prompt_that_names_nothing_becomes_a_journey(prompt: str) -> None:
    shots = film(prompt, seconds=15).shots
    assert len(shots) == 3
    assert all(shot.subjects for shot in shots)


EXPECTED = [
    # prompt, setting, first subject's glyph, time of day, weather; None is not asked about
    ("a school of tropical fish around a coral reef", "underwater", "tropical-fish", None, "clear"),
    ("an eagle soaring over snowy mountains at dawn", "mountains", "eagle", "dawn", None),
    ("a blue vintage car on a desert highway at sunset", "desert", "automobile", "dusk", "clear"),
    ("a snowman in a snowy forest at night", "forest", "snowman", "night", "snow"),
    ("three penguins waddling across the ice in Antarctica", "snow", "penguin", None, "clear"),
    ("a lighthouse on a cliff during a thunderstorm", "mountains", "lighthouse", None, "rain"),
    ("a samurai in a misty bamboo forest", "forest", "samurai", None, "fog"),
    ("a tiny robot in a garden, morning light", "meadow", "robot", "dawn", "clear"),
    ("a dragon flying above the clouds at night", "sky", "dragon", "night", "clear"),
    ("two dogs playing with a ball in the park at noon", "meadow", "dog-face", "day", "clear"),
    ("a pirate ship in a storm at sea", "sea", "pirate-ship", None, "rain"),
    ("a girl with a red balloon on a rainy street", "street", "woman-walking", None, "rain"),
    ("an elephant herd crossing the savanna at golden hour", "meadow", "elephant", "dusk", "clear"),
    ("a chef cooking pasta in a kitchen", "room", "cook", None, "clear"),
    ("a wizard in an enchanted forest", "forest", "person-mage", None, "clear"),
    ("a panda eating bamboo", "forest", "panda", None, "clear"),
    ("a hot air balloon above the clouds at sunrise", "sky", "hot-air-balloon", "dawn", None),
    ("a surfer riding a huge wave at the beach", "sea", "person-surfing", None, "clear"),
    ("a submarine exploring the deep sea", "underwater", "submarine", None, "clear"),
    ("a whale in the ocean at dusk", "sea", "whale", "dusk", "clear"),
    ("an astronaut walking on the moon", "space", "person", None, "clear"),
    ("an astronaut on mars", "desert", "person", None, "clear"),
    ("a cup of coffee on a wooden table, macro shot", "room", "hot-beverage", None, "clear"),
    ("a black cat on a windowsill watching the rain", "room", "black-cat", None, "clear"),
    ("a train going through the mountains, snow falling", "mountains", "train", None, "snow"),
    ("a camel crossing sand dunes under the stars", "desert", "camel", "night", "clear"),
    ("a polar bear on an ice floe under the aurora", "snow", "polar-bear", "night", "clear"),
    ("a sailboat on a calm lake at sunset", "sea", "sailboat", "dusk", "clear"),
    ("a UFO hovering over a farm field at night", "meadow", "flying-saucer", "night", "clear"),
    ("a ballerina dancing on stage in a spotlight", "stage", "woman-dancing", None, "clear"),
    ("many lanterns floating over a river at night", "sea", "red-paper-lantern", "night", None),
    ("a monkey driving a taxi through New York", "street", "monkey-face", None, "clear"),
    ("a ghost in a haunted forest", "forest", "ghost", "night", "clear"),
    ("a cat chasing a mouse around a kitchen", "room", "cat-face", None, "clear"),
    ("a goldfish in a fishbowl", "underwater", "fish", None, "clear"),
    ("the moon rising over the desert", "desert", "full-moon", "night", "clear"),
    ("a man walking his dog in a foggy street at dawn", "street", "man-walking", "dawn", "fog"),
    ("an owl flying through a moonlit forest", "forest", "owl", "night", "clear"),
    ("a farmer driving a tractor in a wheat field", "meadow", "farmer", None, "clear"),
    ("gorilla playing drums in a nightclub", "stage", "gorilla", "night", "clear"),
    ("two astronauts playing chess in a space station", "station", "person", None, "clear"),
    ("a rocket launching into the sky", "sky", "rocket", None, "clear"),
    ("a mermaid swimming with dolphins", "underwater", "woman-merpeople", None, "clear"),
    ("a tiger prowling through the jungle in the rain", "forest", "tiger-face", None, "rain"),
    ("a knight fighting a dragon", "meadow", "knight", None, "clear"),
    ("a bear in a spacesuit", "space", "bear", None, "clear"),
    ("Santa Claus riding a sleigh", "snow", "santa-claus", None, "clear"),
    ("a duck crossing the road", "street", "duck", None, "clear"),
    ("a perfume bottle", "room", "bottle-with-popping-cork", None, "clear"),
    ("一只金毛犬在太空中漂浮", "space", "dog-face", None, "clear"),
    ("夜晚下雨的霓虹街道，一只猫在走路", "street", "cat-face", "night", "rain"),
    ("熊猫在竹林里吃竹子", "forest", "panda", None, "clear"),
    ("un perro en la playa al atardecer", "sea", "dog-face", "dusk", "clear"),
    ("ein Hund im Wald bei Nacht", "forest", "dog-face", "night", "clear"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "setting", "glyph", "time_of_day", "weather"),
    EXPECTED,
    ids=[row[0] for row in EXPECTED],
)
def test_a_prompt_is_staged_where_and_when_it_says(
    prompt: str, setting: str, glyph: str, time_of_day: str | None, weather: str | None
) -> None:
    shot = first_shot(prompt)
    assert shot.setting == setting
    assert shot.subjects[0].glyph == glyph
    assert time_of_day in {None, shot.time_of_day}
    assert weather in {None, shot.weather}


def test_a_storyboard_keeps_the_lengths_it_states() -> None:
    shots = film("[3.0s]a dog runs in a park [5.0s]the dog swims in a lake at sunset").shots
    assert [shot.seconds for shot in shots] == [3.0, 5.0]
    assert [shot.setting for shot in shots] == [Setting.MEADOW, Setting.SEA]
    assert shots[1].subjects[0].action is Action.SWIM


def test_numbered_shots_are_shots() -> None:
    shots = film("Shot 1: a rabbit in a meadow. Shot 2: a wolf in a forest at night.").shots
    assert [shot.subjects[0].glyph for shot in shots] == ["rabbit-face", "wolf"]


def test_a_sentence_that_moves_the_action_elsewhere_is_a_cut() -> None:
    shots = film("A dog runs on the beach. Then a cat sleeps in a bedroom.").shots
    assert [shot.setting for shot in shots] == [Setting.SEA, Setting.ROOM]


def test_a_later_shot_remembers_the_coat_and_the_hour() -> None:
    first, second = film("A white cat in a forest at night. Cut to the cat on a beach.").shots
    assert second.subjects[0].coat == first.subjects[0].coat == "#f3efe8"
    assert second.time_of_day is TimeOfDay.NIGHT


def test_a_pronoun_keeps_the_company_of_the_shot_before() -> None:
    _, second = film("A fox runs through a forest. Cut to: it stands on a mountain top.").shots
    assert (second.setting, second.subjects[0].glyph) == (Setting.MOUNTAINS, "fox")


@pytest.mark.parametrize(("seconds", "most"), [(1.0, 1), (4.0, 1), (5.0, 2), (8.0, 3), (25.0, 10)])
def test_a_shot_lasts_two_and_a_half_seconds_or_more(seconds: float, most: int) -> None:
    prompt = " ".join(f"Shot {order}: a cat in a forest." for order in range(1, 40))
    assert len(film(prompt, seconds=seconds).shots) == most


def test_a_long_film_of_one_scene_is_shown_from_two_sides_of_the_same_place() -> None:
    first, second = film("a fox in a forest", seconds=15).shots
    assert first.seed == second.seed
    assert first.variant != second.variant
    assert first.camera is not second.camera


def test_a_single_take_is_not_cut() -> None:
    assert len(film("a fox in a forest, one take", seconds=20).shots) == 1


def test_the_look_of_the_request_outranks_the_words() -> None:
    assert film("anime girl in the rain").look is Look.ANIME
    assert plan("anime girl", seconds=4, seed=1, look=Look.NEWS).look is Look.NEWS


def test_quoted_words_stand_on_signs() -> None:
    assert first_shot('A sign says "OPEN LATE" in a street in Tokyo').signs[0] == "OPEN LATE"


def test_words_without_a_picture_are_told() -> None:
    assert film("a fox with a flibbertigibbet in the forest").unread == ("flibbertigibbet",)


def test_the_same_seed_plans_the_same_film_and_another_seed_another() -> None:
    again = {film(SORA, seed=seed) for seed in (5, 5)}
    others = {film("a fox in a forest", seed=seed).shots[0].seed for seed in range(20)}
    assert len(again) == 1
    assert len(others) == 20


def test_freedom_changes_light_and_camera_but_not_place_or_company() -> None:
    plain = [film("a fox in a forest", seed=seed).shots[0] for seed in range(30)]
    freed = [film("a fox in a forest", seed=seed, freedom=1.0).shots[0] for seed in range(30)]
    assert any(a.time_of_day is not b.time_of_day for a, b in zip(plain, freed, strict=True))
    assert all(a.setting is b.setting for a, b in zip(plain, freed, strict=True))
    assert all(a.subjects == b.subjects for a, b in zip(plain, freed, strict=True))


MORE = "two many giant red [5s] shot 1: cut to then 猫 在 海边 . , \n 0-4s: EXT. the of 3 a ship"
WORDS = st.sampled_from(f"{SORA} {MORE}".split(" "))
PROMPTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(
    prompt=PROMPTS,
    seconds=st.floats(min_value=0.5, max_value=60.0),
    seed=st.integers(),
    freedom=st.floats(min_value=0.0, max_value=1.0),
)
def test_no_text_breaks_the_planner(prompt: str, seconds: float, seed: int, freedom: float) -> None:
    shots = plan(prompt, seconds=seconds, seed=seed, look=None, freedom=freedom)
    assert shots.seconds == pytest.approx(seconds, abs=1e-9)
    assert 1 <= len(shots.shots) <= max(1, int(seconds / 2.5 + 1e-6))
    for shot in shots.shots:
        assert shot.seconds > 0
        assert sum(subject.count for subject in shot.subjects) <= 12
        assert all(1 <= prop.count <= 12 for prop in shot.props)
        assert all(0.2 <= subject.size <= 2 for subject in shot.subjects)
        glyphs = [one.glyph for one in shot.subjects] + [one.glyph for one in shot.props]
        assert all((SHIPPED / "glyphs" / f"{glyph}.webp").is_file() for glyph in glyphs)


def test_the_lengths_of_the_shots_add_up_exactly() -> None:
    for seconds in (4, 7.3, 8, 12.04, 15, 25):
        assert film(SORA, seconds=seconds).seconds == seconds


def test_neighbouring_shots_use_different_stagings() -> None:
    shots = film("make animate", seconds=15).shots
    assert all(a.variant != b.variant for a, b in pairwise(shots))


def test_planning_is_quick_even_for_a_very_long_prompt() -> None:
    film("warm up")
    began = time.process_time()
    film(SORA * 40, seconds=25)
    assert time.process_time() - began < 0.2


def test_beings_of_different_size_stand_in_proportion() -> None:
    (shot,) = plan("a bear and a bee in a meadow", seconds=4, seed=1, look=None).shots
    sizes = {subject.noun: subject.size for subject in shot.subjects}
    assert sizes["bee"] < 0.5 * sizes["bear"]


def test_a_small_being_alone_is_shown_large() -> None:
    (shot,) = plan("a bee in a meadow", seconds=4, seed=1, look=None).shots
    assert shot.subjects[0].size == 1.0
