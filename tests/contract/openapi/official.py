"""What OpenAI's published description of videos asks for, as plain facts.

Source: openai/openai-openapi, commit f85dbe223d40e1a31cba812ab2d755c7e98a92a3 (2026-08-21), MIT.
"""

from __future__ import annotations

from dataclasses import dataclass

MODELS = (
    *("sora-2", "sora-2-pro", "sora-2-2025-10-06", "sora-2-pro-2025-10-06"),
    "sora-2-2025-12-08",
)
SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
SECONDS = ("4", "8", "12")
EXTENSION_SECONDS = ("4", "8", "12", "16", "20")
ORDERS = ("asc", "desc")
VARIANTS = ("video", "thumbnail", "spritesheet")
STATUSES = {"queued", "in_progress", "completed", "failed"}

VIDEO_KEYS = {
    *("id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at"),
    *("prompt", "size", "seconds", "remixed_from_video_id", "error"),
}
LIST_KEYS = {"object", "data", "first_id", "last_id", "has_more"}
DELETED_KEYS = {"object", "deleted", "id"}
CHARACTER_KEYS = {"id", "name", "created_at"}
ERROR_KEYS = {"code", "message", "param", "type"}

JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialOperation:
    """One of the ten. `fields` are those of each encoding, `needed` those that must be there."""

    method: str
    path: str
    fields: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    encodings: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset(VIDEO_KEYS)


OPERATIONS = (
    OfficialOperation(
        method="POST",
        path="/v1/videos",
        fields=("model", "prompt", "input_reference", "seconds", "size"),
        needed=frozenset({"prompt"}),
        encodings=(JSON, FORM),
    ),
    OfficialOperation(
        method="GET",
        path="/v1/videos",
        query=("limit", "order", "after"),
        keys=frozenset(LIST_KEYS),
    ),
    OfficialOperation(
        method="POST",
        path="/v1/videos/characters",
        fields=("video", "name"),
        needed=frozenset({"video", "name"}),
        encodings=(FORM,),
        keys=frozenset(CHARACTER_KEYS),
    ),
    OfficialOperation(
        method="GET", path="/v1/videos/characters/{id}", keys=frozenset(CHARACTER_KEYS)
    ),
    OfficialOperation(
        method="POST",
        path="/v1/videos/edits",
        fields=("video", "prompt"),
        needed=frozenset({"video", "prompt"}),
        encodings=(JSON, FORM),
    ),
    OfficialOperation(
        method="POST",
        path="/v1/videos/extensions",
        fields=("video", "prompt", "seconds"),
        needed=frozenset({"video", "prompt", "seconds"}),
        encodings=(JSON, FORM),
    ),
    OfficialOperation(method="GET", path="/v1/videos/{id}"),
    OfficialOperation(method="DELETE", path="/v1/videos/{id}", keys=frozenset(DELETED_KEYS)),
    OfficialOperation(
        method="GET", path="/v1/videos/{id}/content", query=("variant",), keys=frozenset()
    ),
    OfficialOperation(
        method="POST",
        path="/v1/videos/{id}/remix",
        fields=("prompt",),
        needed=frozenset({"prompt"}),
        encodings=(JSON, FORM),
    ),
)
