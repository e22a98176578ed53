"""The document says what the server does: its routes, its types, and what its parser reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from matinee.web.openapi import document_path
from tests.contract.openapi.readings import Document
from tests.houses import House


async def test_every_route_is_described_and_every_operation_is_routed(
    house: House, document: Document
) -> None:
    routed = {
        (method, document_path(route.path))
        for route in house.site.routes
        for method in route.methods or ()
    }
    described = {(each.method, each.path) for each in document.operations}
    # Every GET answers HEAD as well, which the introduction says once.
    heads = {("HEAD", path) for method, path in described if method == "GET"}
    assert routed - heads == described


async def test_every_type_is_json_schema(document: Document) -> None:
    for name, schema in document.components.items():
        assert jsonschema_rs.meta.is_valid(schema), name


async def test_every_reference_leads_to_a_type_and_every_type_is_referred_to(
    document: Document,
) -> None:
    referred = set(references(document.value))
    assert referred == {f"#/components/schemas/{name}" for name in document.components}


async def test_every_operation_has_its_own_id(document: Document) -> None:
    ids = Counter(each.operation_id for each in document.operations)
    assert [each for each, count in ids.items() if count > 1] == []


async def test_every_link_leads_to_parameters_of_an_operation(document: Document) -> None:
    by_id = {each.operation_id: each for each in document.operations}
    for operation in document.operations:
        for link in operation.links:
            names = {each["name"] for each in by_id[link["operationId"]].parameters}
            asked = {name.rpartition(".")[2] for name in link["parameters"]}
            assert asked <= names, (operation.operation_id, link)


async def test_every_parameter_of_a_path_is_described(document: Document) -> None:
    for operation in document.operations:
        described = {each["name"] for each in operation.parameters if each["in"] == "path"}
        assert described == set(re.findall(r"\{(\w+)\}", operation.path)), operation.path


async def test_every_field_and_parameter_says_what_it_means(document: Document) -> None:
    silent = [
        f"{operation.operation_id}.{name}"
        for operation in document.operations
        for schema in operation.bodies.values()
        for name, field in document.properties(schema).items()
        if "description" not in field and "$ref" not in field
    ]
    assert silent == []


async def test_every_operation_tells_how_it_fails(document: Document) -> None:
    for operation in document.operations:
        statuses = operation.value["responses"].keys()
        assert {"503"} <= statuses, operation.operation_id
        if "security" not in operation.value:
            assert {"401", "403"} <= statuses, operation.operation_id
        if operation.bodies:
            assert {"400", "413"} <= statuses, operation.operation_id


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in `value`."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)
