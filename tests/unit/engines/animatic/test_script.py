"""A spec is told shot by shot, through all the films that it comes out of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.video import Relation, VideoSpec
from matinee.engines.animatic.script import addition_of, outline_of
from matinee.engines.animatic.shots import Look, Setting, TimeOfDay, Weather
from matinee.engines.animatic.sketches import Outline, shot_list
from tests.unit.engines.animatic.specs import (
    a_reference,
    a_remix,
    a_role,
    a_source,
    a_spec,
    an_extension,
)

DOG = a_spec("A dog walks through a meadow by day", seconds=4)


def told(spec: VideoSpec) -> Outline:
    outline = outline_of(spec)
    assert outline is not None
    return outline


def added(spec: VideoSpec) -> Outline:
    assert spec.source is not None
    return addition_of(spec, spec.source)


def test_a_remix_of_a_remix_has_both_changes() -> None:
    night = a_remix(DOG, "make it night")
    rain = a_remix(night, "now it rains")
    (sketch,) = told(rain).sketches
    assert (sketch.time_of_day, sketch.weather) == (TimeOfDay.NIGHT, Weather.RAIN)
    assert sketch.seed == told(DOG).sketches[0].seed


def test_an_extension_begins_with_the_last_shot_where_it_was_left() -> None:
    longer = added(an_extension(DOG, "A ship sails on the sea", 8))
    tail, *new = longer.sketches
    assert (tail.lead_s, tail.pace_s, tail.seconds) == (4.0, 4.0, 2.0)
    assert replace(tail, lead_s=0.0, pace_s=None, look=None, seconds=4.0) == told(DOG).sketches[0]
    assert [sketch.setting for sketch in new] == [Setting.SEA]
    assert longer.seconds == 8


def test_a_shot_that_goes_on_twice_begins_where_it_was_left_twice() -> None:
    once = an_extension(DOG, "continue", 2)
    source = a_source(once, Relation.EXTEND)
    last = added(once).sketches[-1]
    tail = added(an_extension(once, "continue", 4, source=source)).sketches[0]
    assert tail.lead_s == pytest.approx(last.lead_s + last.seconds)
    assert tail.seed == last.seed


@pytest.mark.parametrize("prompt", ["continue", "", "keep going", "more of this"])
def test_without_a_word_of_its_own_an_extension_stays_where_it_is(prompt: str) -> None:
    longer = added(an_extension(DOG, prompt, 8))
    assert {sketch.setting for sketch in longer.sketches} == {Setting.MEADOW}
    assert {sketch.mentions[0].noun for sketch in longer.sketches} == {"dog"}


def test_it_means_whom_the_source_showed() -> None:
    longer = added(an_extension(DOG, "It runs along the beach", 8))
    (dog,) = shot_list(longer).shots[-1].subjects
    assert (dog.noun, longer.sketches[-1].setting) == ("dog", Setting.SEA)


def test_an_extension_keeps_look_and_music_unless_it_names_others() -> None:
    comic = replace(DOG, style="comic")
    plain, anime = (an_extension(comic, prompt, 8) for prompt in ("continue", "in anime style"))
    assert added(plain).look is Look.COMIC
    assert added(plain).music is told(comic).music
    assert [sketch.look for sketch in told(anime).sketches][1] is Look.COMIC
    assert told(anime).sketches[-1].look is Look.ANIME


def test_a_remix_of_an_extension_changes_all_of_it() -> None:
    longer = an_extension(DOG, "A whale jumps out of the sea", 8)
    night = told(a_remix(longer, "make it night"))
    assert {sketch.time_of_day for sketch in night.sketches} == {TimeOfDay.NIGHT}
    assert [one.seconds for one in night.sketches] == [one.seconds for one in told(longer).sketches]


def test_nobody_tells_what_an_uploaded_film_shows() -> None:
    upload = a_spec("make it night", source=a_source(None, Relation.REMIX))
    longer = a_spec("a dog", seconds=9, source=a_source(None, Relation.EXTEND))
    assert outline_of(upload) is None
    assert outline_of(a_remix(upload, "now it rains")) is None
    assert outline_of(longer) is None
    assert added(longer).sketches[0].is_picture


def test_an_extension_of_an_extended_upload_knows_the_new_shots() -> None:
    once = a_spec("a dog in a park", seconds=9, source=a_source(None, Relation.EXTEND))
    twice = an_extension(once, "continue", 4, source=a_source(once, Relation.EXTEND))
    assert not added(twice).sketches[0].is_picture
    assert added(twice).sketches[0].mentions[0].noun == "dog"


def test_a_reference_is_shown_first_and_stays_through_a_remix() -> None:
    opened = replace(DOG, references=(a_reference(),))
    for spec in (opened, a_remix(opened, "make it night")):
        assert [sketch.is_picture for sketch in told(spec).sketches] == [True, False]


def test_a_character_goes_on_through_remix_and_extension() -> None:
    mossy = a_spec("Mossy walks in a park", seconds=4, roles=(a_role(),))
    night = a_remix(mossy, "make it night", roles=mossy.roles)
    longer = an_extension(mossy, "she dances", 4, roles=mossy.roles)
    assert told(night).sketches[0].mentions[0].noun == "Mossy"
    assert [one.mentions[0].noun for one in added(longer).sketches] == ["Mossy", "Mossy"]


def test_thirty_generations_are_told_quickly() -> None:
    spec = DOG
    for number in range(15):
        spec = a_remix(spec, ("make it night", "now it rains")[number % 2])
        spec = an_extension(spec, "continue", 2, source=a_source(spec, Relation.EXTEND))
    assert told(spec).seconds == pytest.approx(4 + 30)
