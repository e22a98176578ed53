"""How the sound of a film is put together."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.score.actions import act
from matinee.engines.animatic.score.air import Air, places, timed_shots
from matinee.engines.animatic.score.mixing import Mix
from matinee.engines.animatic.score.music import play_music, write_music
from matinee.engines.animatic.score.places import AIRS
from matinee.engines.animatic.score.synthesis import Wave, ramp, samples_in, stream
from matinee.engines.animatic.score.things import hit, whoosh
from matinee.engines.animatic.score.weather import fall
from matinee.engines.animatic.shots import Music, ShotList

Sound: TypeAlias = NDArray[np.float32]
"""Stereo, shape (samples, 2), from -1 to 1, 48,000 samples a second."""

MUSIC_LEVEL = 0.072
FILM_LEVEL = 0.17
"""Mean level of the whole film: 0.17 is -15.4 dBFS."""

FADE_IN_S = 0.1
FADE_OUT_S = 0.6

WHOOSH_S = 0.9
WHOOSH_PEAK = 0.6
HIT_CHANCE = {Music.DRAMATIC: 0.9, Music.SYNTHWAVE: 0.35, Music.AMBIENT: 0.3}
USUAL_HIT_CHANCE = 0.15


def compose(shots: ShotList) -> Sound:
    """Compose the sound of a film that has at least one shot.

    The result is exactly as long as the film, peaks at 0.89, and depends on nothing but `shots`;
    all chance in it comes from the seed of the list.
    """
    mix = Mix(samples_in(shots.seconds))
    play_music(shots, write_music(shots), mix)
    mix.level(MUSIC_LEVEL)
    for place in places(shots):
        air = Air(mix=mix, place=place, seed=shots.seed)
        AIRS[place.setting](air)
        fall(air)
    for timed in timed_shots(shots):
        act(timed, mix, shots.seed)
    _mark_cuts(shots, mix)
    sound = mix.finish(stream(shots.seed, "hall"), FILM_LEVEL)
    return np.ascontiguousarray(_faded(sound).T)


def _mark_cuts(shots: ShotList, mix: Mix) -> None:
    """A whoosh that peaks at the cut, or a soft blow; softer where the place stays the same."""
    entered = {place.start_s for place in places(shots)}
    for order, timed in enumerate(timed_shots(shots)[1:]):
        rng = stream(shots.seed, "cut", order)
        level = 1.0 if timed.start_s in entered else 0.5
        pan = rng.uniform(-0.4, 0.4)
        if rng.random() < HIT_CHANCE.get(shots.music, USUAL_HIT_CHANCE):
            mix.add(hit(rng), timed.start_s, 0.28 * level, pan, hall=0.5)
        else:
            before_s = WHOOSH_S * WHOOSH_PEAK
            wave = whoosh(WHOOSH_S, WHOOSH_PEAK, rng)
            mix.add(wave, timed.start_s - before_s, 0.11 * level, pan, hall=0.5)


def _faded(sound: Wave) -> Wave:
    samples = sound.shape[1]
    fade_in = min(samples, samples_in(FADE_IN_S))
    fade_out = min(samples, samples_in(FADE_OUT_S))
    sound[:, :fade_in] *= ramp(fade_in)
    sound[:, samples - fade_out :] *= ramp(fade_out)[::-1]
    return sound
