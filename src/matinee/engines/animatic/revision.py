"""Revises a film: what a new prompt names is changed, everything else stays shot for shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matinee.engines.animatic.blocking import INDOORS
from matinee.engines.animatic.casting import Mention
from matinee.engines.animatic.cutting import cut
from matinee.engines.animatic.direction import OUTDOORS, has_stars, weather_in
from matinee.engines.animatic.edits import Edit, Swap, read_edit
from matinee.engines.animatic.lexicon import Lexicon, shipped_lexicon
from matinee.engines.animatic.planner import MOST_CHARACTERS, Brief, present
from matinee.engines.animatic.reading import glance, heaviest
from matinee.engines.animatic.roles import glyph_of, lettered, spelled
from matinee.engines.animatic.shots import Look, Setting, TimeOfDay, Weather
from matinee.engines.animatic.sketches import Outline, Sketch, lasting
from matinee.engines.animatic.vocabulary import cast

DARK = frozenset({Setting.SPACE, Setting.STATION, Setting.STAGE})
TRADES = cast.HUMAN_FACES | cast.BUSTS | cast.WHOLE_PEOPLE


def revised(before: Outline, brief: Brief, newcomers: Sequence[str] = ()) -> Outline:
    """The film `before` as the prompt of `brief` wants it, `brief.seconds` long.

    Cuts, staging and camera stay as they are unless the prompt speaks of them. `newcomers` are
    names of characters that shall be in it whether the prompt names them or not.
    """
    lexicon = shipped_lexicon().knowing(brief.roles)
    prompt = lettered(brief.prompt[:MOST_CHARACTERS], brief.roles)
    sketches = lasting(before.sketches, brief.seconds)
    edit = with_newcomers(_resolved(read_edit(prompt, lexicon), before), newcomers)
    edits = [edit] * len(sketches)
    if _is_new_scene(edit, before):
        edits = _one_for_each(prompt, brief, len(sketches), lexicon)
    text = spelled(prompt, brief.roles)
    changed = tuple(
        _changed(sketch, each, before, text) for sketch, each in zip(sketches, edits, strict=True)
    )
    said = brief.look or edit.reading.look or (Look.PLAIN if edit.is_plain else None)
    if said is not None:
        changed = tuple(replace(sketch, look=None) for sketch in changed)
    return Outline(
        sketches=changed,
        look=said or before.look,
        music=edit.reading.music or before.music,
        seed=before.seed,
        unread=edit.reading.text.strangers,
    )


def with_newcomers(edit: Edit, names: Sequence[str]) -> Edit:
    """The edit, adding the characters of these names that it does not speak of."""
    swapped = tuple(one for swap in edit.swaps for one in swap.new)
    called = {one.glyph for one in (*edit.told, *edit.added, *swapped)}
    uncalled = (present(name) for name in names if glyph_of(name) not in called)
    return replace(edit, added=(*edit.added, *uncalled))


def _is_new_scene(edit: Edit, before: Outline) -> bool:
    """Whether it tells of other figures in another place instead of changing anything."""
    if edit.swaps or edit.added or edit.keeps or edit.reading.place is None:
        return False
    return _newcomers(edit, before) != []


def _newcomers(edit: Edit, before: Outline) -> list[Mention]:
    """The figures it tells of, if none of them is in the film and it calls nobody `it`."""
    figures = [one for one in edit.told if one.acts]
    if edit.reading.has_pronoun or any(_is_in(one, before) for one in edit.told):
        return []
    return figures


def _one_for_each(prompt: str, brief: Brief, shots: int, lexicon: Lexicon) -> list[Edit]:
    """The scenes of a new story, spread over the shots that there are."""
    pieces = cut(prompt, brief.seconds, lambda text: glance(text, lexicon))
    edits = [read_edit(piece.text, lexicon) for piece in pieces]
    return [edits[number * len(edits) // shots] for number in range(shots)]


def _resolved(edit: Edit, before: Outline) -> Edit:
    """The edit with figures of the film for those it wants replaced under another word."""
    return replace(
        edit,
        swaps=tuple(
            replace(swap, old=tuple(_meant(one, before) for one in swap.old)) for swap in edit.swaps
        ),
        told=tuple(_as_known(one, before) for one in edit.told),
    )


def _as_known(mention: Mention, before: Outline) -> Mention:
    """The mention; with the glyph of the film's only person if it says `the man` of one."""
    if _is_in(mention, before) or not mention.is_definite:
        return mention
    return replace(mention, glyph=_meant(mention, before).glyph) if mention.acts else mention


def _meant(mention: Mention, before: Outline) -> Mention:
    """The figure of the film that is meant: of that name, of that kind, else who leads."""
    everybody = [one for sketch in before.sketches for one in sketch.mentions]
    if _is_in(mention, before) or not mention.acts:
        return mention
    alike = [one for one in everybody if {one.glyph, mention.glyph} <= TRADES]
    leads = [one for one in everybody if one.acts]
    return next(iter(alike or leads), mention)


def _is_in(mention: Mention, before: Outline) -> bool:
    return any(_same(mention, one) for sketch in before.sketches for one in sketch.mentions)


def _same(one: Mention, other: Mention) -> bool:
    return _kind(one) == _kind(other)


def _kind(mention: Mention) -> str:
    return cast.SAME.get(mention.glyph, mention.glyph)


def _changed(sketch: Sketch, edit: Edit, before: Outline, text: str) -> Sketch:
    reading = edit.reading
    setting = _setting(sketch, edit, before)
    time_of_day = _time_of_day(sketch, edit, setting)
    said = Weather.CLEAR if edit.clears and reading.weather is None else reading.weather
    weather = weather_in(setting, said or sketch.weather)
    stars = sketch.stars
    if (setting, time_of_day, weather) != (sketch.setting, sketch.time_of_day, sketch.weather):
        stars = has_stars(setting, time_of_day, weather, starry=reading.has_stars)
    elif reading.has_stars:
        stars = has_stars(setting, time_of_day, weather, starry=True)
    mentions = _company(sketch, edit, before)
    return replace(
        sketch,
        setting=setting,
        time_of_day=time_of_day,
        weather=weather,
        stars=stars,
        camera=reading.camera or sketch.camera,
        mentions=mentions,
        quotes=reading.quotes or sketch.quotes,
        names=tuple(dict.fromkeys((*reading.names, *sketch.names))),
        theme=reading.theme or sketch.theme,
        palette=reading.palette or sketch.palette,
        # Sets find their furniture in the words: those of a place that stays must stay too.
        text=text if setting is _new_place(edit) else sketch.text,
    )


def _setting(sketch: Sketch, edit: Edit, before: Outline) -> Setting:
    place = _new_place(edit)
    if place is None:
        return sketch.setting
    leaves_some = any(each.setting in edit.left for each in before.sketches)
    return place if not leaves_some or sketch.setting in edit.left else sketch.setting


def _new_place(edit: Edit) -> Setting | None:
    """The place that it wants the film in, if any."""
    if edit.reading.place is None and edit.left:
        return heaviest(edit.reading.places)
    return edit.reading.place


def _time_of_day(sketch: Sketch, edit: Edit, setting: Setting) -> TimeOfDay:
    said = edit.reading.time_of_day
    if said is not None:
        return said
    if sketch.time_of_day in edit.left_times:
        return TimeOfDay.DAY
    if setting is sketch.setting or (setting in OUTDOORS and sketch.setting in OUTDOORS):
        return sketch.time_of_day
    if setting in DARK:
        return TimeOfDay.NIGHT
    return sketch.time_of_day if setting in INDOORS else TimeOfDay.DAY


def _company(sketch: Sketch, edit: Edit, before: Outline) -> tuple[Mention, ...]:
    """Who is in the shot now, each in the place of the one that went."""
    mentions = list(sketch.mentions)
    for swap in edit.swaps:
        mentions = _swapped(mentions, swap)
    newcomers = _newcomers(edit, before)
    if newcomers:
        keeps_place = edit.reading.place is None
        mentions = _recast(mentions, newcomers, keeps_things=keeps_place)
    for one in edit.told:
        mentions = _told(mentions, one, joins=one.acts and not newcomers)
    if edit.lead_action is not None:
        mentions = [replace(one, action=edit.lead_action) if one.acts else one for one in mentions]
    for one in edit.added:
        mentions = _told(mentions, one, joins=True)
    return tuple(mentions)


def _swapped(mentions: Sequence[Mention], swap: Swap) -> list[Mention]:
    kept: list[Mention] = []
    for one in mentions:
        if not any(_same(one, old) for old in swap.old):
            kept.append(one)
        elif swap.new:
            first, *others = swap.new
            kept += [_in_place_of(one, first), *others]
    return kept


def _in_place_of(old: Mention, new: Mention) -> Mention:
    """The newcomer, doing what the other did."""
    return replace(
        new,
        action=new.action if new.action is not None else old.action,
        is_suited=new.is_suited or old.is_suited,
        follows_preposition=old.follows_preposition,
    )


def _recast(
    mentions: Sequence[Mention], newcomers: Sequence[Mention], *, keeps_things: bool
) -> list[Mention]:
    """Other figures for those of the shot; what they do not say, they do as those did."""
    leads = [one for one in mentions if one.acts]
    actions = [lead.action for lead in leads]
    recast = [
        replace(one, action=one.action or (actions[i] if i < len(actions) else None))
        for i, one in enumerate(newcomers)
    ]
    things = [one for one in mentions if not one.acts] if keeps_things else []
    return [*recast, *things]


def _told(mentions: Sequence[Mention], one: Mention, *, joins: bool) -> list[Mention]:
    """The figures after something is said of one of them; a thing that is new is added."""
    if any(_same(one, each) for each in mentions):
        return [_described(each, one) if _same(one, each) else each for each in mentions]
    return [*mentions, one] if joins or not one.acts else list(mentions)


def _described(before: Mention, said: Mention) -> Mention:
    return replace(
        before,
        action=before.action if said.action is None else said.action,
        coat=said.coat or before.coat,
        size=said.size if said.size != 1.0 else before.size,
        count=before.count if said.count == 1 else said.count,
        is_suited=said.is_suited or before.is_suited,
    )
