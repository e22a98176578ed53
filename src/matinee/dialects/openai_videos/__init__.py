"""The OpenAI videos format."""

from matinee.dialects.openai_videos.endpoints import routes

__all__ = ["routes"]
