"""What Schemathesis takes for a failure and is none, each with its reason.

No check is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import msgspec
import schemathesis
from schemathesis.core import failures as general
from schemathesis.openapi import checks as openapi

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that a request which fits its schema may meet, by patterns of what it says."""

    reason: str
    code: str
    param: str = ".*"
    message: str = ""

    def fits(self, error: Mapping[str, Any]) -> bool:
        """Whether `error` is such a one."""
        return (
            re.fullmatch(self.code, str(error.get("code"))) is not None
            and re.fullmatch(self.param, str(error.get("param") or "")) is not None
            and re.search(self.message, str(error.get("message"))) is not None
        )


_REFUSALS = (
    Refusal(
        "no text at random is an address, and no bytes at random are an image or a film",
        "url_refused|media_invalid",
    ),
    Refusal(
        "what must be there may stand in several places, and no plain schema can tell",
        "missing_required_parameter",
        r"id|ids|url|width|height|prompt|video(\.id)?|messages",
    ),
    Refusal(
        "an image in an object has an address or a file's id, and no plain schema can tell",
        "invalid_type",
        r".*\.image_url",
        "null",
    ),
    Refusal("one address is enough, and two contradict each other", ".*", ".*", "contradict"),
    Refusal("an empty file is none", "missing_required_parameter", ".*", "empty"),
    Refusal(
        "a model takes so many images under all their names, and no schema can count them",
        "invalid_value",
        r"(input_reference|images?|image_url|frame_images|input_references|messages)\b.*",
    ),
    Refusal(
        "two moments lie 1 to 3 seconds apart, and no schema can subtract",
        "invalid_value",
        ".*timestamps",
    ),
    Refusal(
        "scenes are as long as their film, and no schema can add",
        "invalid_value|malformed_body|missing_required_parameter",
        r"(storyboard|messages)\b.*",
    ),
    Refusal(
        "no id at random leads to anything",
        "invalid_value",
        r"characters\b.*|remix_.*|previous_job_id",
    ),
    Refusal("an extension takes neither images nor characters", "invalid_value", ".*", "xtension"),
    Refusal("an account has so many of a thing", "invalid_value", "", "at most"),
    Refusal("a key that was used is taken", "idempotency_key_reused"),
    Refusal("a film that failed has no successor", "source_not_ready"),
    Refusal("a film that failed is what a chat then tells", "engine_error"),
    Refusal("a part of a form has a name, unlike a key of JSON", "malformed_body", "", "no name"),
    Refusal("no pattern says which characters can be printed", ".*", ".*", "printable"),
    Refusal("no text may hold a NUL; at each it would drown the rest", ".*", ".*", "NUL character"),
)

_MAIN_NAMES = {"duration": "seconds", "seen": "seed", "resolution": "size"}
"""What counts if both are sent."""

_STATES_OF_A_FILE = {
    410: "a file that was removed is gone, and the id is right all the same",
    416: "a range may begin behind the end of a file",
}


@dataclass(frozen=True, slots=True)
class Leniencies:
    """The reasons, for a server that serves `document`."""

    document: Mapping[str, Any]

    def reason(
        self, failure: BaseException, case: schemathesis.Case[Any], response: schemathesis.Response
    ) -> str | None:
        """Why `failure` is right as it is; None if it is a failure."""
        match failure:
            case openapi.RejectedPositiveData():
                return _reason_to_refuse(response)
            case general.AcceptedNegativeData():
                return self._reason_to_accept(case)
            case openapi.AllowHeaderMismatch():
                return self._reason_to_allow(case)
            case _:
                return None

    def _reason_to_allow(self, case: schemathesis.Case[Any]) -> str | None:
        folder = case.path.rpartition("/")[0]
        if f"{folder}/{{id}}" in self.document["paths"]:
            return "a literal path is an id's path as well, and the methods of both are named"
        return None

    def _reason_to_accept(self, case: schemathesis.Case[Any]) -> str | None:
        if any(_is_absent(value) or isinstance(value, list) for value in case.query.values()):
            return "a parameter that comes twice counts once, and an empty one not at all"
        if not isinstance(case.body, dict):
            return None
        content = self.document["paths"][case.operation.path][case.method.lower()]["requestBody"]
        schema = content["content"][case.media_type]["schema"]
        validator = jsonschema_rs.validator_for(
            {**schema, "components": self.document["components"]}
        )
        if validator.is_valid(_as_read(case.body, is_form=case.media_type != JSON)):
            return "what is empty is absent, one in a list is that one, and one of two names counts"
        return None


def _reason_to_refuse(response: schemathesis.Response) -> str | None:
    if response.status_code in _STATES_OF_A_FILE:
        return _STATES_OF_A_FILE[response.status_code]
    error = _error_of(response)
    return next((refusal.reason for refusal in _REFUSALS if refusal.fits(error)), None)


def _error_of(response: schemathesis.Response) -> dict[str, Any]:
    """The error in a reply; in OpenRouter's shape what it says of itself stands one deeper."""
    try:
        error: dict[str, Any] = msgspec.json.decode(response.content)["error"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return {}
    facts = error.get("metadata", {})
    return error | {"code": facts["error_code"], "param": facts["param"]} if facts else error


def _as_read(body: Mapping[str, Any], *, is_form: bool) -> dict[str, Any]:
    """`body` as the lenient reader sees it."""
    read = {name: _single(value) for name, value in body.items()}
    read = {name: value for name, value in read.items() if not _is_absent(value)}
    read = {name: value for name, value in read.items() if _MAIN_NAMES.get(name) not in read}
    return {name: _as_text(value) for name, value in read.items()} if is_form else read


def _single(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    said = [each for each in value if not _is_absent(each)]
    return said[0] if len(said) == 1 else said


def _as_text(value: Any) -> Any:
    """What a form makes of `value`: files and texts are all that it knows."""
    if isinstance(value, bytes):
        return ""
    # Schemathesis has texts of a type of its own, which no validator takes.
    return str(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _is_absent(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
