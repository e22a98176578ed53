"""What the chat format takes and gives, for the reference."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from matinee.dialects.chat.wire import Chunk, Completion
from matinee.web.film_fields import (
    REQUEST_KEY,
    WISH_ERRORS,
    FilmFields,
    Height,
    ImageText,
    ImageUrl,
    Size,
    SizeByOtherName,
    Width,
)
from matinee.web.operations import (
    EXAMPLE_BASE,
    Chapter,
    Example,
    Operation,
    ReplyKind,
    RequestBody,
    shell,
)
from matinee.web.schemas import Flag

_DESCRIPTION = """\
A film is described in a message and handed over in the answer, as a link in Markdown and as a \
`<video>` block. Streamed, the answer tells how the work goes, line by line; not streamed, it \
comes when the film is made."""

_NO_USE = "Taken as it is; a film has no use for it."


class TextPart(msgspec.Struct, kw_only=True, tag_field="type", tag="text"):
    """A text in a message; its type may also be spelled `input_text`."""

    text: str


class FilmPart(msgspec.Struct, kw_only=True, tag_field="type", tag="video_url"):
    """A film in a message, to be changed; its type may also be `input_video` or `video`."""

    video_url: Annotated[ImageText | ImageUrl, Meta(description="A URL or a data URI.")]


class ImagePart(msgspec.Struct, kw_only=True, tag_field="type", tag="image_url"):
    """An image in a message; its type may also be spelled `input_image` or `image`."""

    image_url: Annotated[ImageText | ImageUrl, Meta(description="A URL, a data URI or base64.")]


class ChatMessage(msgspec.Struct, kw_only=True):
    """One turn. The last one of the user describes the film; its parts are brought together."""

    role: Annotated[str, Meta(examples=["user"])]
    content: str | list[str | TextPart | ImagePart | FilmPart] | None = None


class StreamOptions(msgspec.Struct, kw_only=True):
    """What a stream tells beside the film."""

    include_usage: bool | None = None


class CreateChatCompletion(FilmFields, kw_only=True):
    """A chat request. The fields of a film win over what the message and the model's name say."""

    messages: Annotated[
        list[ChatMessage],
        Meta(
            min_length=1,
            description="The conversation; the last message of the user describes the film.",
            examples=[[{"role": "user", "content": "A paper boat drifts down a rainy street."}]],
        ),
    ]
    style: Annotated[
        str | None, Meta(description="How it looks; an unknown style is passed over.")
    ] = None
    size: Size = None
    resolution: SizeByOtherName = None
    width: Width = None
    height: Height = None
    video: Annotated[
        str | None,
        Meta(
            description="A film to be changed, by its id, its URL or a data URI. Also named "
            "`video_url` and `videos`."
        ),
    ] = None
    remix: Annotated[
        Flag, Meta(description="Whether a film that the conversation tells of is changed.")
    ] = None
    stream: Annotated[Flag, Meta(description="Whether the answer comes as it grows.")] = None
    stream_options: Annotated[
        StreamOptions | None, Meta(description="What a stream tells beside the film.")
    ] = None
    n: Annotated[
        Annotated[int, Meta(ge=1, le=4)] | Literal["1", "2", "3", "4"] | None,
        Meta(description="How many films, one a choice."),
    ] = None
    progress: Annotated[
        Literal["content", "reasoning", "none"] | None,
        Meta(description="Where a stream tells how far the work is."),
    ] = None
    temperature: Annotated[
        Any, Meta(description="From 0 to 2: how freely the film departs from the plain reading.")
    ] = None
    max_tokens: Annotated[Any, Meta(description=_NO_USE)] = None
    max_completion_tokens: Annotated[Any, Meta(description=_NO_USE)] = None
    top_p: Annotated[
        Any, Meta(description="From 0 to 1: the share of that freedom that is used.")
    ] = None
    stop: Annotated[Any, Meta(description=_NO_USE)] = None
    presence_penalty: Annotated[Any, Meta(description=_NO_USE)] = None
    frequency_penalty: Annotated[Any, Meta(description=_NO_USE)] = None
    logit_bias: Annotated[Any, Meta(description=_NO_USE)] = None
    response_format: Annotated[
        Any, Meta(description="With `json_object` each message is one JSON object.")
    ] = None
    user: Annotated[Any, Meta(description=_NO_USE)] = None
    tools: Annotated[Any, Meta(description=_NO_USE)] = None
    tool_choice: Annotated[
        Literal["auto", "none"] | None,
        Meta(description="A film can't be made to call a function: anything else is refused."),
    ] = None


_PYTHON = f"""\
from openai import OpenAI

client = OpenAI(base_url="{EXAMPLE_BASE}/v1", api_key="any")
told = client.chat.completions.create(
    model="sora-2",
    messages=[{{"role": "user", "content": "A paper boat drifts down a rainy street."}}],
    stream=True,
)
for chunk in told:
    print(chunk.choices[0].delta.content or "", end="", flush=True)"""

CHAPTER = Chapter(
    title="Chat",
    description=_DESCRIPTION,
    operations=(
        Operation(
            method="POST",
            path="/v1/chat/completions",
            operation_id="createChatCompletion",
            summary="Make a film in a chat",
            description="Housekeeping that chat programs ask of every model, such as titles and "
            "greetings, is answered in a few words and makes no film.",
            parameters=(REQUEST_KEY,),
            body=RequestBody(json=CreateChatCompletion),
            replies=(
                ReplyKind(
                    description="The finished message, or with `stream` the events of its growth, "
                    "closed by `[DONE]`.",
                    kind=Completion,
                    events=Chunk,
                    headers={"x-task-id": "The films' ids, with commas between them."},
                ),
            ),
            errors=WISH_ERRORS,
            examples=(
                shell(
                    "/v1/chat/completions",
                    '-H "Content-Type: application/json"',
                    '-d \'{"model": "sora-2", "stream": true, "messages": '
                    '[{"role": "user", "content": "A paper boat in the rain."}]}\'',
                ),
                Example(language="Python", source=_PYTHON),
            ),
        ),
    ),
    notes={
        "Completion": {
            "id": "`chatcmpl-` and the film's ULID.",
            "created": "When the film was accepted, in Unix seconds.",
            "system_fingerprint": "Another one whenever the same seed may give another film.",
            "task_id": "The film's id; absent where no film was asked for.",
            "video_url": "A link to the film that needs no key.",
        },
    },
)
