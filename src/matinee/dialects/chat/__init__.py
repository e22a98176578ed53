"""The chat format: a film is described in a message, and handed over in the answer."""

from matinee.dialects.chat.endpoints import Chat, routes

__all__ = ["Chat", "routes"]
