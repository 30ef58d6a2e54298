"""A chart's schema beside its values.yaml."""

from collections.abc import Iterator
from typing import Any


def resolved(schema: Any, root: Any) -> Any:
    return (
        root["definitions"][schema["$ref"].rpartition("/")[2]]
        if "$ref" in schema
        else schema
    )


def without_optional(schema: Any, values: Any, root: Any) -> Any:
    """Null for every value that the schema does not require, as if a user removed them all."""
    if not (isinstance(values, dict) and values):
        return None
    schema = resolved(schema, root)
    return {
        key: without_optional(schema.get("properties", {}).get(key, {}), value, root)
        for key, value in values.items()
        if isinstance(value, dict) or key not in schema.get("required", [])
    }


def closed(
    schema: Any, values: Any, root: Any, path: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Each closed object of the schema that values.yaml fills, with its properties and values."""
    schema = resolved(schema, root)
    if schema.get("additionalProperties") is False and values:
        yield path, schema["properties"], values
        for key, value in values.items():
            if isinstance(value, dict):
                yield from closed(
                    schema["properties"][key], value, root, f"{path}{key}."
                )
