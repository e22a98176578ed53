"""The same world, driven by Hypothesis: what it finds, it makes short."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.simulation.history import quiet
from tests.simulation.world import World

pytestmark = pytest.mark.timeout(300)

_CHANCE = st.integers(0, 2**16)
"""A number from which all that is left to chance in one happening follows."""


class WorldMachine(RuleBasedStateMachine):
    """Happenings in any order. After each of them every promise holds."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = ExitStack()
        self._quiet.enter_context(quiet())
        self.world = World(0)

    @initialize(seed=_CHANCE)
    def begin(self, seed: int) -> None:
        self.world = World(seed)
        self._happen("create", seed)

    @rule(chance=_CHANCE, name=st.sampled_from(("step", "step", "deliver")))
    def go_on(self, chance: int, name: str) -> None:
        self._happen(name, chance)

    @rule(chance=_CHANCE, name=st.sampled_from(("create", "cancel", "delete")))
    def ask(self, chance: int, name: str) -> None:
        self._happen(name, chance)

    @rule(chance=_CHANCE, name=st.sampled_from(("look_after", "wait", "make_film", "wait_long")))
    def let_time_go_by(self, chance: int, name: str) -> None:
        self._happen(name, chance)

    @rule(chance=_CHANCE, name=st.sampled_from(("deliver_twice", "lose_delivery")))
    def confuse(self, chance: int, name: str) -> None:
        self._happen(name, chance)

    @rule(
        chance=_CHANCE,
        name=st.sampled_from(("freeze", "overtake", "kill", "stop", "turn_upstream")),
    )
    def strike(self, chance: int, name: str) -> None:
        self._happen(name, chance)

    def teardown(self) -> None:
        """In the end all goes well again, and everything is finished."""
        try:
            self._happen("calm_down", 0)
        finally:
            self.world.end()
            self._quiet.close()

    def _happen(self, name: str, chance: int) -> None:
        self.world.weather.random.seed(chance)
        self.world.happen(name)


TestWorld = WorldMachine.TestCase
TestWorld.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
