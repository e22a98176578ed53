"""The reference for people: one page of HTML, made of the OpenAPI document.

It needs no script, asks nobody else for anything, and follows the reader's colours.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from matinee.web.json_schema import Schema

_CODE = re.compile(r"`([^`]+)`")
_LIMITS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
}
_LANGUAGES = {"Shell": "curl", "Python": "Python", "JavaScript": "JavaScript"}
_STYLE = """
:root{color-scheme:light dark;--ink:#1c1b19;--dim:#5c5850;--paper:#fbfaf7;--card:#fff;
--line:#ddd8cc;--mark:#8a3b12;--code:#f2efe7}
@media(prefers-color-scheme:dark){:root{--ink:#ece8df;--dim:#a8a294;--paper:#161513;--card:#1e1d1a;
--line:#38352f;--mark:#f0a36f;--code:#26241f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 6rem}
h1{font-size:2rem;margin:0 0 .5rem}h2{margin:3.5rem 0 .5rem;font-size:1.5rem}
h3{margin:0;font-size:1.05rem}h4{margin:1.4rem 0 .3rem;font-size:.9rem;color:var(--dim)}
a{color:var(--mark)}nav ul{columns:18rem;padding-left:1.2rem}
article{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1.1rem
1.25rem;margin:1.2rem 0;scroll-margin-top:1rem}
code,pre{font:.86rem/1.5 ui-monospace,monospace}code{background:var(--code);border-radius:4px;
padding:.1em .3em;overflow-wrap:anywhere}pre{background:var(--code);border-radius:6px;padding:.8rem
1rem;overflow-x:auto;margin:.4rem 0}
.method{color:var(--mark);font-weight:700}.dim{color:var(--dim)}
table{border-collapse:collapse;width:100%;font-size:.94rem}
th{position:absolute;left:-999rem}td{border-top:1px solid var(--line);padding:.45rem .8rem .45rem 0;
vertical-align:top}td:first-child{width:13rem}td p{margin:0}
@media(max-width:40rem){td{display:block;border:0;padding:.1rem 0}td:first-child{width:auto;
border-top:1px solid var(--line);padding-top:.5rem}}
"""
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: its own style, and nothing else at all."""


def render_reference(document: Mapping[str, Any]) -> str:
    """The page of everything in `document`, which is one of ours."""
    info = document["info"]
    body = [
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        *_paragraphs(info["description"]),
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>',
        *_contents(document),
    ]
    for tag in document["tags"]:
        body.append(f'<h2 id="{_anchor(tag["name"])}">{escape(tag["name"])}</h2>')
        body += _paragraphs(tag["description"])
        for path, method, operation in _operations(document, tag["name"]):
            body += _operation(path, method, operation)
    body.append('<h2 id="types">Types</h2>')
    for name, schema in document["components"]["schemas"].items():
        body += _type(name, schema)
    return page(f"{info['title']} API", body)


def page(title: str, body: list[str]) -> str:
    """A whole page in the style of this house, for CONTENT_SECURITY."""
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
            *body,
            "</main></body></html>\n",
        )
    )


def _contents(document: Mapping[str, Any]) -> Iterator[str]:
    yield '<nav aria-label="Contents">'
    for tag in document["tags"]:
        name = tag["name"]
        yield f'<h4><a href="#{_anchor(name)}">{escape(name)}</a></h4><ul>'
        for _, _, operation in _operations(document, name):
            link = f'<a href="#{operation["operationId"]}">{escape(operation["summary"])}</a>'
            yield f"<li>{link}</li>"
        yield "</ul>"
    yield '<h4><a href="#types">Types</a></h4></nav>'


def _operations(
    document: Mapping[str, Any], tag: str
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if tag in operation["tags"]:
                yield path, method.upper(), operation


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<article id="{operation["operationId"]}"><h3>{escape(operation["summary"])}</h3>'
    yield f'<p><code><span class="method">{method}</span> {escape(path)}</code>'
    yield '<span class="dim"> needs no key</span></p>' if "security" in operation else "</p>"
    yield from _paragraphs(operation.get("description", ""))
    if operation["parameters"]:
        yield "<h4>Parameters</h4>"
        yield from _table(_parameter(each) for each in operation["parameters"])
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<h4>Body, {escape(media_type)}</h4><p>{_words(content['schema'])}</p>"
    yield "<h4>Replies</h4>"
    yield from _table(_reply(*each) for each in operation["responses"].items())
    for example in operation.get("x-codeSamples", ()):
        yield f"<h4>{_LANGUAGES[example['lang']]}</h4>"
        yield f'<pre tabindex="0">{escape(example["source"])}</pre>'
    yield "</article>"


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str]:
    place = parameter["in"] + (", required" if parameter["required"] else "")
    name = f'<code>{escape(parameter["name"])}</code><br><span class="dim">{place}</span>'
    return name, f"{_inline(parameter['description'])} {_words(parameter['schema'])}"


def _reply(status: str, reply: Mapping[str, Any]) -> tuple[str, str]:
    parts = list(_paragraphs(reply["description"]))
    for media_type, content in reply.get("content", {}).items():
        event = content["schema"].get("x-event")
        words = f"events, each {_words(event)}" if event else _words(content["schema"])
        parts.append(f'<p class="dim">{escape(media_type)}: {words}</p>')
    for name, header in reply.get("headers", {}).items():
        parts.append(f"<p><code>{escape(name)}</code> {_inline(header['description'])}</p>")
    return f"<code>{status}</code>", "".join(parts)


def _type(name: str, schema: Schema) -> Iterator[str]:
    yield f'<article id="{_anchor(name)}"><h3>{escape(name)}</h3>'
    yield from _paragraphs(schema.get("description", ""))
    properties: Mapping[str, Schema] = schema.get("properties", {})
    if properties:
        needed = schema.get("required", ())
        yield from _table(_field(each, properties[each], needed) for each in properties)
    else:
        yield f"<p>{_words({key: schema[key] for key in schema if key != 'description'})}</p>"
    yield "</article>"


def _field(name: str, schema: Schema, needed: list[str]) -> tuple[str, str]:
    mark = "" if name in needed else '<br><span class="dim">optional</span>'
    description = schema.get("description", "")
    return f"<code>{escape(name)}</code>{mark}", f"{_inline(description)} {_words(schema)}"


def _words(schema: Mapping[str, Any]) -> str:
    """What may stand there, in HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{_anchor(name)}">{escape(name)}</a>'
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "anyOf" in schema:
        # What is left out and what is null are one: saying so at every field would drown the rest.
        choices = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(_words(each) for each in choices)
    if schema.get("type") == "array":
        return f"list of {_words(schema['items'])}" if schema.get("items") else "list"
    if schema.get("format") == "binary":
        return "bytes"
    return f'<span class="dim">{escape(_plain_words(schema))}</span>'


def _plain_words(schema: Mapping[str, Any]) -> str:
    words = [schema.get("type", "anything")]
    if "pattern" in schema:
        words.append(f"like {schema['pattern']}")
    words += [said.format(schema[limit]) for limit, said in _LIMITS.items() if limit in schema]
    return " ".join(words)


def _table(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield "<table><tr><th>Name</th><th>Meaning</th></tr>"
    for name, meaning in rows:
        yield f"<tr><td>{name}</td><td>{meaning}</td></tr>"
    yield "</table>"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in filter(None, re.split(r"\n\n|\n(?=- )", text)):
        yield f"<p>{_inline(paragraph.removeprefix('- '))}</p>"


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _anchor(name: str) -> str:
    return "type-" + name if " " not in name and name[:1].isupper() else name.replace(" ", "-")
