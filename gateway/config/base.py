"""What every section of the file has in common: keys in camelCase, no key unknown, nothing changed later."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Section(BaseModel):
    """A mapping in the file. The description of a key is the text below it."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Marks a list whose rows may stand in a CSV file instead: `{csv: path}`, columns named like the keys.

    The file is read before validation (see `tables`), so that a row is a row wherever it stands.
    """

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        rows: dict[str, Any] = handler(schema)
        return {"anyOf": [rows, CSV_REFERENCE]}


CSV_REFERENCE: dict[str, Any] = {
    "type": "object",
    "description": "The rows stand in a CSV file: a header of key names, one row per line, UTF-8.",
    "properties": {
        "csv": {"type": "string", "description": "Path of the file, relative to this one."},
        "ignore": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Columns of the file that are not used. Any other unknown column is an error.",
        },
    },
    "required": ["csv"],
    "additionalProperties": False,
}
