"""Drives whichever OpenAI SDK for Python is installed: `python -m tests.clients.openai_python`."""

from __future__ import annotations

from tests.clients import openai_others, openai_videos
from tests.clients.openai_stage import OpenAIStage
from tests.clients.stage import drive

# The webhook comes first: what was delivered may not be older than five minutes.
CHECKS = {**openai_others.CHECKS, **openai_videos.CHECKS}

if __name__ == "__main__":
    drive(CHECKS, OpenAIStage)
