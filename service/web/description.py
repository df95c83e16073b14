"""What the page about the interface shows, taken from the OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route."""

    method: str
    path: str
    text: str
    fields: tuple[Field, ...]
    replies: tuple[tuple[str, str], ...]
    """Status and what it means."""
    example: str
    """A body to send, as JSON; empty where there is none."""


def operations(description: Mapping[str, Any]) -> list[Operation]:
    """Read all routes out of an OpenAPI description."""
    schemas = description.get("components", {}).get("schemas", {})
    return [
        _operation(method, path, found, schemas)
        for path, methods in description["paths"].items()
        for method, found in methods.items()
    ]


def _operation(
    method: str, path: str, found: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Operation:
    content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _resolved(content.get("schema", {}), schemas)
    examples = body.get("examples", [])
    return Operation(
        method=method.upper(),
        path=path,
        text=found.get("description", ""),
        fields=(*_parameters(found), *_properties(body)),
        replies=tuple((s, reply["description"]) for s, reply in found["responses"].items()),
        example=json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
    )


def _parameters(found: Mapping[str, Any]) -> Iterator[Field]:
    for parameter in found.get("parameters", []):
        yield Field(
            name=parameter["name"],
            kind=f"{_kind(parameter['schema'])}, in the {parameter['in']}",
            is_required=parameter.get("required", False),
            text=parameter.get("description", ""),
        )


def _properties(body: Mapping[str, Any]) -> Iterator[Field]:
    for name, schema in body.get("properties", {}).items():
        yield Field(
            name=name,
            kind=_kind(schema),
            is_required=name in body.get("required", []),
            text=schema.get("description", ""),
        )


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix("Body").lower()
    if "anyOf" in schema:
        return " or ".join(_kind(choice) for choice in schema["anyOf"])
    kind = str(schema.get("type", "any"))
    return f"array of {_kind(schema['items'])}" if "items" in schema else kind


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found = schemas.get(name, schema)
    assert isinstance(found, Mapping)
    return found
