"""The unified video format."""

from matinee.dialects.unified.endpoints import routes

__all__ = ["routes"]
