"""What fields cost, said in the schema in the words of IBM's GraphQL Cost specification.

https://ibm.github.io/graphql-specs/cost-spec.html: an object costs 1 and a leaf nothing, times the size of
the lists it is in. A list's size is what its argument asks for; where nothing says a size, `SIZE` is assumed.
"""

from typing import Final

import strawberry
from strawberry.schema_directive import Location

SIZE: Final = 10
"""How many items a list is taken to have where the schema does not say."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many items a list, or the lists `sizedFields` below a field, have at most: as many as "
    "one of `slicingArguments` asks for, else `assumedSize`.",
)
class ListSize:
    assumed_size: int | None = strawberry.directive_field(name="assumedSize", default=strawberry.UNSET)
    slicing_arguments: list[str] | None = strawberry.directive_field(
        name="slicingArguments", default=strawberry.UNSET
    )
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=strawberry.UNSET)
    require_one_slicing_argument: bool = strawberry.directive_field(
        name="requireOneSlicingArgument", default=False
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What a field costs beside the objects it answers with, such as the systems it reads.",
)
class Cost:
    weight: str


def paged(*fields: str) -> ListSize:
    """A connection: `first` says how long the lists `fields` of it are; without any, the list itself."""
    return ListSize(slicing_arguments=["first"], sized_fields=list(fields) or strawberry.UNSET)


READS: Final = Cost(weight="10")
"""A field that reads systems."""
ROWS: Final = ListSize(slicing_arguments=["limit"], sized_fields=["rows"])
EDGES: Final = paged("edges")
