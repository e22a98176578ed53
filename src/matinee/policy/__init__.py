"""Decisions as pure functions: what is admitted, routed, retried, and in which order."""
