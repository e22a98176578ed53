"""The unified video format."""

from matinee.dialects.unified.endpoints import routes
from matinee.dialects.unified.operations import CHAPTER
from matinee.dialects.unified.wire import render_callback

__all__ = ["CHAPTER", "render_callback", "routes"]
