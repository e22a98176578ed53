"""Adapters that make films. `registry` lists them."""
