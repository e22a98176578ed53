"""Deliveries: how accepted videos reach workers, and how watchers hear of changes."""
