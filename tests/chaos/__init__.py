"""Real processes that are killed, frozen and starved under load, and what must hold afterwards."""
