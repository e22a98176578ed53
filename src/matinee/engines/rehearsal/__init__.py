"""Engines to rehearse with: what they make, and how they fail, is known before."""
