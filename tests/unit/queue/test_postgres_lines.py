"""Lines of Procrastinate's have names that PostgreSQL takes for a channel."""

from __future__ import annotations

from matinee.queue.postgres_queue import line_of

_LONGEST_BYTES = 63 - len("procrastinate_queue_v1#")


def test_a_line_is_named_after_its_engine_and_model() -> None:
    assert line_of("diffusers", "wan2.2-ti2v-5b") == "diffusers/wan2.2-ti2v-5b"
    assert line_of("animatic", "") == "animatic"


def test_a_long_name_fits_and_is_told_from_one_like_it() -> None:
    names = {line_of("e" * 90 + end, "m" * 90 + end) for end in ("", "1", "2", "\N{SNOWMAN}")}
    assert len(names) == 4
    assert all(len(name.encode()) <= _LONGEST_BYTES for name in names)


def test_the_lines_of_an_engine_begin_with_its_name() -> None:
    engine = "an-engine-with-a-long-name"
    assert line_of(engine, "model").startswith(line_of(engine, "") + "/")


def test_no_engine_has_the_lines_of_another_one() -> None:
    assert not line_of("studio/gpu", "model").startswith(line_of("studio", "") + "/")
