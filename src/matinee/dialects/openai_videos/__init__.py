"""The OpenAI videos format."""

from matinee.dialects.openai_videos.endpoints import routes
from matinee.dialects.openai_videos.operations import CHAPTER

__all__ = ["CHAPTER", "routes"]
