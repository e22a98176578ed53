"""The clients of the matrix: which, in which version, from which lock, and what drives them.

A new version is a new line here and a new lock, which `python -m tools.clients --lock --only NAME`
writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "tests" / "clients"

OPENAI_PYTHON = ("2.2.0", "2.26.0", "2.27.0", "2.54.0", "3.52.0")
OPENAI_NODE = ("6.2.0", "6.27.0", "6.28.0", "7.55.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Released packages, pinned with everything they need by the lock of the same name."""

    name: str
    packages: tuple[str, ...]
    """As pip or npm spell them."""

    node: bool = False

    @property
    def lock(self) -> Path:
        """For pip with hashes; for npm with integrities and without addresses."""
        return CLIENTS / "locks" / f"{self.name}{'.json' if self.node else '.txt'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One client in one version."""

    environment: Environment
    driver: str
    """A module in `tests/clients`, or a file there for Node."""

    keyed: bool = False
    """Driven on a server that needs a key, with a good one."""

    part: str = ""
    """Tells two rows of one environment apart."""

    @property
    def name(self) -> str:
        """As `ONLY=` takes it."""
        return f"{self.environment.name}{self.part}{'-keyed' if self.keyed else ''}"


def _python(name: str, *packages: str) -> Environment:
    return Environment(name=name, packages=packages)


def _node(name: str, *packages: str) -> Environment:
    return Environment(name=name, packages=packages, node=True)


_OPENAI_PYTHON = [
    _python(f"openai-python-{version}", f"openai=={version}") for version in OPENAI_PYTHON
]
_OPENAI_NODE = [_node(f"openai-node-{version}", f"openai@{version}") for version in OPENAI_NODE]
_LITELLM = _python("litellm-1.106.2", "litellm[proxy]==1.106.2")
_AI_SDK = _node("ai-sdk-7.0.173", "ai@7.0.173", "@openrouter/ai-sdk-provider@3.1.0", "zod@4.6.7")
_STANDARD_WEBHOOKS = _node("standardwebhooks-node-1.1.1", "standardwebhooks@1.1.1")
_MARKDOWN = _node(
    "markdown",
    *("marked@18.2.1", "dompurify@3.4.18", "jsdom@26.1.0"),
    *("react@19.3.1", "react-dom@19.3.1", "react-markdown@10.1.0", "rehype-raw@7.0.0"),
    *("remark-gfm@4.0.1", "streamdown@2.7.1"),
    *("@lobehub/ui@5.51.2", "antd@6.6.8", "motion@12.43.0", "remark-cjk-friendly@2.3.1"),
)

ROWS = (
    *(Row(environment=each, driver="openai_python") for each in _OPENAI_PYTHON),
    Row(environment=_OPENAI_PYTHON[-1], driver="openai_python", keyed=True),
    *(Row(environment=each, driver="node/openai_node.mjs") for each in _OPENAI_NODE),
    Row(environment=_OPENAI_NODE[-1], driver="node/openai_node.mjs", keyed=True),
    Row(environment=_LITELLM, driver="litellm_sdk", part="-sdk"),
    Row(environment=_LITELLM, driver="litellm_proxy", part="-proxy"),
    Row(environment=_AI_SDK, driver="node/ai_sdk.mjs"),
    Row(
        environment=_python("standardwebhooks-python-1.1.0", "standardwebhooks==1.1.0"),
        driver="standard_webhooks",
    ),
    Row(environment=_STANDARD_WEBHOOKS, driver="node/standard_webhooks.mjs"),
    Row(environment=_MARKDOWN, driver="markdown/players.mjs"),
)

NEWEST = tuple(
    row
    for row in ROWS
    if row.environment in (_OPENAI_NODE[-1], _AI_SDK, _STANDARD_WEBHOOKS) and not row.keyed
)
"""What `make test` drives besides the SDK for Python of the development environment: the newest
clients that npm brings in seconds. LiteLLM and the Markdown stacks are hundreds of megabytes.
"""
