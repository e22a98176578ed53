"""The served document, taken apart for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.houses import House


@dataclass(frozen=True, slots=True)
class DescribedOperation:
    """One method of one path, as the document has it."""

    method: str
    path: str
    value: dict[str, Any]

    @property
    def operation_id(self) -> str:
        """Its name."""
        name: str = self.value["operationId"]
        return name

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """What it takes outside the body."""
        listed: list[dict[str, Any]] = self.value["parameters"]
        return listed

    @property
    def bodies(self) -> dict[str, dict[str, Any]]:
        """The schema of the body in each encoding."""
        content = self.value.get("requestBody", {}).get("content", {})
        return {media_type: each["schema"] for media_type, each in content.items()}

    @property
    def links(self) -> list[dict[str, Any]]:
        """Where its replies lead."""
        replies = self.value["responses"].values()
        return [link for reply in replies for link in reply.get("links", {}).values()]

    def reply(self, status: int = 200) -> dict[str, Any]:
        """The schema of its JSON reply."""
        schema: dict[str, Any] = self.value["responses"][str(status)]["content"][
            "application/json"
        ]["schema"]
        return schema


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document."""

    value: dict[str, Any]

    @property
    def operations(self) -> list[DescribedOperation]:
        """Everything that can be asked."""
        return [
            DescribedOperation(method.upper(), path, each)
            for path, item in self.value["paths"].items()
            for method, each in item.items()
        ]

    @property
    def components(self) -> dict[str, dict[str, Any]]:
        """The types by name."""
        schemas: dict[str, dict[str, Any]] = self.value["components"]["schemas"]
        return schemas

    def operation(self, method: str, path: str) -> DescribedOperation:
        """The one of that method and path."""
        return DescribedOperation(method, path, self.value["paths"][path][method.lower()])

    def properties(self, schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The fields of an object."""
        properties: dict[str, dict[str, Any]] = self.resolve(schema).get("properties", {})
        return properties

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """`schema`, or what it refers to."""
        reference = schema.get("$ref")
        return self.components[reference.rpartition("/")[2]] if reference else schema


async def document_of(house: House) -> Document:
    """What `house` serves at `/openapi.json`."""
    async with house.client() as client:
        reply = await client.get("/openapi.json")
    assert reply.status_code == 200
    return Document(reply.json())
