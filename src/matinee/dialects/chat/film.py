"""The film that a chat describes: its last message, the fields around it, the film it changes."""

from __future__ import annotations

import re
from dataclasses import replace

from matinee.core.errors import InvalidRequest
from matinee.core.ids import VideoId
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Relation
from matinee.core.wish import SourceWish, Upload, VideoWish, WishDefaults
from matinee.dialects.chat.mentions import find_mentions, refuse_foreign, take_mentions
from matinee.dialects.chat.messages import Message, last_user_message
from matinee.dialects.chat.request import (
    IDLE_CHAT_FIELDS,
    SOURCE_FIELD,
    ChatRequest,
    parse_freedom,
)
from matinee.policy.routing import Routes
from matinee.web.sources import parse_characters, parse_clip, parse_source
from matinee.web.storyboards import find_storyboard
from matinee.web.wishes import log_unread, parse_wish

NEUTRAL_PROMPT = "The picture comes to life: what it shows moves gently, as it would by itself."
"""What an image without words asks for."""

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10
_SHARE_HOST = "sora.chatgpt.com/"
_MAX_LINK_CHARACTERS = 2000
"""What is longer is a film as base64."""

_STYLE_IN_BRACES = re.compile(r"\{\s*([A-Za-z][A-Za-z_-]{1,30})\s*\}")
_SHAPE_IN_TEXT = re.compile(r"(?<![\d:：])(16[:：]9|9[:：]16)(?![\d:：])")


def parse_film(request: ChatRequest, routes: Routes) -> tuple[VideoWish, WishDefaults]:
    """The film that `request` describes, and what it gets where it is silent.

    A field wins over a query parameter, that over the model's name, that over a hint in the text.
    The film to be changed is named by a field, a part, or an id or link in the text, in this order.
    Raises an InvalidRequest that names the field, or ModelNotFound.
    """
    fields = request.fields
    message = last_user_message(request.messages)
    fields.spell("prompt", "messages")
    capabilities = routes.find(request.model).capabilities
    refuse_foreign(message.text, "messages")
    refuse_foreign(fields.text("remix_target_id") or "", "remix_target_id")
    text, mentioned = take_mentions(message.text)
    text, style = _take_style(text, capabilities)
    wish = parse_wish(fields, prompt=text, capabilities=capabilities, strict_style=False)
    if not wish.storyboard:
        fields.spell("storyboard", "messages")
        scenes, text = find_storyboard(text)
        wish = replace(wish, storyboard=scenes, prompt=text)
    source = _named_source(request, wish) or _part_source(message) or _pasted_source(mentioned)
    references = message.images + wish.references
    shows_alone = bool(references) and not (wish.prompt.strip() or wish.storyboard or source)
    log_unread(fields, IDLE_CHAT_FIELDS)
    wish = replace(
        wish,
        model=request.model,
        characters=parse_characters(fields),
        character_clip=parse_clip(fields),
        prompt=NEUTRAL_PROMPT if shows_alone else wish.prompt,
        style=wish.style or style,
        references=references,
        source=source,
        freedom=parse_freedom(fields),
    )
    defaults = WishDefaults(
        model=request.model,
        size=_hinted_size(message.text) or _DEFAULT_SIZE,
        seconds=_DEFAULT_SECONDS,
    )
    return wish, defaults


def _named_source(request: ChatRequest, wish: VideoWish) -> SourceWish | None:
    """The film that a field names: `remix_target_id`, or an id or a film in `video`."""
    if wish.source is not None or not request.fields.many(SOURCE_FIELD):
        return wish.source
    source = parse_source(request.fields, Relation.REMIX)
    address = source.upload.url if source.upload else source.video_id
    _refuse_foreign_address(address or "", source.param)
    return source


def _part_source(message: Message) -> SourceWish | None:
    if len(message.films) > 1:
        raise _too_many(message.films[1].param)
    return _uploaded(message.films[0]) if message.films else None


def _uploaded(upload: Upload) -> SourceWish:
    """A film by its address, which may be one of ours: then it is named, and fetched if not."""
    url = upload.url or ""
    if url.startswith("data:"):
        return SourceWish(relation=Relation.REMIX, param=upload.param, upload=upload)
    _refuse_foreign_address(url, upload.param)
    mentions = find_mentions(url) if len(url) < _MAX_LINK_CHARACTERS else []
    return SourceWish(
        relation=Relation.REMIX,
        param=upload.param,
        video_id=mentions[0].video_id if mentions else None,
        upload=upload if "://" in url or not mentions else None,
    )


def _refuse_foreign_address(address: str, param: str) -> None:
    """The same for an address, which may hold anything as long as it leads to a film."""
    if "://" not in address or _SHARE_HOST in address:
        refuse_foreign(address[:_MAX_LINK_CHARACTERS], param)


def _pasted_source(mentioned: list[VideoId]) -> SourceWish | None:
    if len(mentioned) > 1:
        raise InvalidRequest(
            f"The message names {len(mentioned)} films; one at a time can be changed.",
            param="messages",
        )
    if not mentioned:
        return None
    return SourceWish(relation=Relation.REMIX, param="messages", video_id=mentioned[0])


def _too_many(param: str) -> InvalidRequest:
    return InvalidRequest("More than one film was sent; one at a time can be changed.", param=param)


def _take_style(text: str, capabilities: Capabilities) -> tuple[str, str | None]:
    """The prompt without a known style in braces, and that style."""
    for spelled in _STYLE_IN_BRACES.finditer(text):
        style = spelled.group(1).lower()
        if style in capabilities.styles:
            return (text[: spelled.start()] + text[spelled.end() :]).strip(), style
    return text, None


def _hinted_size(text: str) -> Size | None:
    hint = _SHAPE_IN_TEXT.search(text)
    if hint is None:
        return None
    return Size(1280, 720) if hint.group(1).startswith("16") else Size(720, 1280)
