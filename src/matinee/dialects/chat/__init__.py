"""The chat format: a film is described in a message, and handed over in the answer."""

from matinee.dialects.chat.endpoints import Chat, routes
from matinee.dialects.chat.operations import CHAPTER

__all__ = ["CHAPTER", "Chat", "routes"]
