"""OpenRouter's video API."""

from matinee.dialects.openrouter.endpoints import routes
from matinee.dialects.openrouter.operations import CHAPTER

__all__ = ["CHAPTER", "routes"]
