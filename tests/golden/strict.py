"""What every part of the format shares: camelCase keys, no key unheard of, exact numbers."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


class Strict(BaseModel):
    """An object of the format. A key that is not a field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


def _code(value: Any) -> Any:
    return str(value) if type(value) is int else value


Code = Annotated[str, BeforeValidator(_code)]
"""An identifier: text, or a whole number standing for it (`line: 1`)."""

AccountType = Literal["EXPENSE", "REVENUE", "CAPEX", "BALANCE_SHEET"]
ScopedType = Literal["EXPENSE", "REVENUE", "CAPEX"]
Figure = Decimal | None
"""A measure's value; null is unknown or not applicable, never zero."""
