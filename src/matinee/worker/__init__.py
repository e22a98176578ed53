"""Takes accepted videos, drives their engines, finishes what was made."""
