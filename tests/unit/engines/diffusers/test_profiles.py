"""What a speed profile comes to on a device, and that nothing is left out silently."""

from __future__ import annotations

from dataclasses import replace

from matinee.engines.diffusers.device import DeviceFacts
from matinee.engines.diffusers.profiles import Profile, plan_profile
from tests.unit.engines.diffusers.known_models import TI2V_5B

CARD = DeviceFacts(kind="cuda", has_cudnn_attention=True, compiles=True)
PROCESSOR = DeviceFacts(kind="cpu")
SIBLING = replace(TI2V_5B, name="fastwan2.2-ti2v-5b", steps=3, guidance=1.0, turbo=None)


def test_exact_pins_attention_and_changes_nothing_else() -> None:
    plan = plan_profile(Profile.EXACT, TI2V_5B, CARD, {})
    assert plan.pins_attention
    assert (plan.compiles, plan.halves_decoder, plan.skips_below) == (False, False, None)
    assert plan.notes == ()


def test_fast_compiles_and_decodes_in_16_bits() -> None:
    plan = plan_profile(Profile.FAST, TI2V_5B, CARD, {})
    assert plan.compiles
    assert plan.halves_decoder
    assert plan.skips_below is None


def test_turbo_draws_with_the_sibling_of_few_steps() -> None:
    plan = plan_profile(Profile.TURBO, TI2V_5B, CARD, {SIBLING.name: SIBLING})
    assert plan.model is SIBLING
    assert plan.skips_below is None
    assert plan.notes == ()


def test_turbo_without_the_sibling_caches_steps_and_says_so() -> None:
    plan = plan_profile(Profile.TURBO, TI2V_5B, CARD, {})
    assert plan.model is TI2V_5B
    assert plan.skips_below is not None
    assert plan.notes == (
        "steps of 'wan2.2-ti2v-5b' are cached, which changes the picture: "
        "'fastwan2.2-ti2v-5b', its few-step sibling, is not here",
    )


def test_a_model_without_a_sibling_is_told_apart_from_one_whose_sibling_is_missing() -> None:
    plan = plan_profile(Profile.TURBO, replace(TI2V_5B, turbo=None), CARD, {})
    assert plan.notes == (
        "steps of 'wan2.2-ti2v-5b' are cached, which changes the picture: "
        "it has no few-step sibling",
    )


def test_a_family_whose_steps_cannot_be_cached_draws_them_all() -> None:
    plan = plan_profile(Profile.TURBO, replace(TI2V_5B, family="ltx2", turbo=None), CARD, {})
    assert (plan.skips_below, plan.compiles, plan.halves_decoder) == (None, True, True)
    assert plan.notes == (
        "every step of 'wan2.2-ti2v-5b' is drawn: it has no few-step sibling, "
        "and diffusers can cache none",
    )


def test_a_model_of_few_steps_is_fast_enough_for_turbo() -> None:
    plan = plan_profile(Profile.TURBO, SIBLING, CARD, {})
    assert (plan.model, plan.compiles, plan.skips_below) == (SIBLING, True, None)
    assert plan.notes == ()


def test_what_a_processor_cannot_do_is_told() -> None:
    plan = plan_profile(Profile.FAST, TI2V_5B, PROCESSOR, {})
    assert (plan.pins_attention, plan.compiles, plan.halves_decoder) == (False, False, False)
    assert plan.notes == (
        "attention is left to torch: cuDNN has none for cpu",
        "nothing is compiled: torch can't for cpu here",
        "the decoder keeps 32 bits: 16 are no faster on cpu",
    )
