"""Azure's spelling of the same routes, read as OpenAI's.

`/openai/v1/…`, `/openai/…?api-version=…` and `/openai/deployments/{name}/…` all mean `/v1/…`; the
version is passed over. A deployment is a model by its name here.
Source: the OpenAI SDKs' `AzureOpenAI` class, and Azure's v1 API.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from starlette.types import Scope

_SPELLED = re.compile(r"/openai(?:/v1|/deployments/(?P<deployment>[^/]+))?(?P<rest>/.+)")


def respell(scope: Scope) -> None:
    """Give `scope` the path that its Azure path means.

    The deployment becomes the query parameter `model`, which a body without one falls back to.
    """
    spelled = _SPELLED.fullmatch(scope["path"])
    if spelled is None:
        return
    scope["path"] = f"/v1{spelled.group('rest')}"
    deployment = spelled.group("deployment")
    if deployment is None:
        return
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if not any(name == "model" for name, _ in query):
        query.append(("model", deployment))
        scope["query_string"] = urlencode(query).encode("latin-1")
