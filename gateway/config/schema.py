"""The JSON Schema of the configuration file, for editors that complete and check while one writes."""

import json
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gateway.config.file import File

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """A key that may be left out is left out, never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        return {key: value for key, value in described.items() if key != "default" or value is not None}


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the file, with a description of every key."""
    schema = File.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    return {"$schema": DIALECT, "title": "Threefold configuration", **_untitled(schema)}


def _untitled(schema: Any) -> Any:
    """Without the titles pydantic derives from names, which tell a reader nothing."""
    if isinstance(schema, dict):
        kept = (key for key, value in schema.items() if key != "title" or not isinstance(value, str))
        return {key: _untitled(schema[key]) for key in kept}
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    return schema


def text() -> str:
    """The schema as it stands in `docs/threefold.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
