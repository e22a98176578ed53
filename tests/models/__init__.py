"""Tests that need torch and diffusers: `make test-models` runs them, no other run does."""

from __future__ import annotations

import os

# Both are read when the libraries are imported, and handed on to child processes.
os.environ["HF_HUB_OFFLINE"] = "1"  # what would fetch something fails instead
os.environ["OMP_NUM_THREADS"] = "1"  # models this small only wait for their second thread
