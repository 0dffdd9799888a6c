"""Reading a file of cases: strict, and loud about what it does not understand.

One unreadable case does not hide the others. It counts as failed, and says where and why.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tests.golden.case import Case, Conventions
from tests.golden.consumption import Consumption
from tests.golden.currencies import FxAvailable, FxVariance
from tests.golden.nodes import RolledUp
from tests.golden.reconciliation import Recon, Rollforward
from tests.golden.strict import Strict
from tests.golden.timing import CalendarCase, Periodise, WindowCase
from tests.golden.trees import Consolidation, Hierarchy
from tests.golden.variance import Ratio, Variance

VERSION: Final = 2
KINDS: Final[TypeAdapter[Any]] = TypeAdapter(
    Annotated[
        Consumption
        | Variance
        | FxVariance
        | FxAvailable
        | Periodise
        | CalendarCase
        | WindowCase
        | Hierarchy
        | Consolidation
        | RolledUp
        | Ratio
        | Recon
        | Rollforward,
        Field(discriminator="kind"),
    ]
)
_KINDS: Final = tuple(KINDS.json_schema()["discriminator"]["mapping"])


class FormatError(ValueError):
    """`faults` say what cannot be read, one line each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Contents(Strict):
    schema_version: int = Field(ge=VERSION, le=VERSION)
    conventions: Conventions = Conventions()
    cases: tuple[Any, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A case of a file, or what keeps it from being one. `id` is the case's own wherever it has one."""

    id: str
    title: str
    case: Case | FormatError
    conventions: Conventions


def read(path: Path) -> list[Entry]:
    """The cases of a file. Raises FormatError when the file as a whole cannot be read."""
    try:
        loaded = json.loads(
            path.read_text(encoding="utf-8"), parse_float=Decimal, object_pairs_hook=_distinct
        )
        contents = Contents.model_validate(loaded)
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        raise FormatError(*(f"{path}: {fault}" for fault in _faults(error))) from None
    except ValueError as error:
        raise FormatError(f"{path}: {error}") from None
    return list(_entries(contents))


def _entries(contents: Contents) -> Iterator[Entry]:
    given = [raw if isinstance(raw, dict) else {} for raw in contents.cases]
    uses = Counter(str(raw.get("id")) for raw in given)
    for position, raw in enumerate(contents.cases):
        id_ = str(given[position].get("id", f"cases[{position}]"))
        title = str(given[position].get("title", ""))
        yield Entry(id_, title, _case(raw, repeated=uses[id_] > 1), contents.conventions)


def _case(raw: Any, *, repeated: bool) -> Case | FormatError:
    faults = ["id: another case of the file has the same"] if repeated else []
    try:
        case: Case = KINDS.validate_python(raw)
    except ValidationError as error:
        return FormatError(*faults, *_faults(error))
    return FormatError(*faults) if faults else case


def _faults(error: ValidationError) -> Iterator[str]:
    """Each error as ``path: what is wrong, value``."""
    for detail in error.errors(include_url=False):
        if detail["type"].startswith("union_tag"):
            given = detail["input"].get("kind") if isinstance(detail["input"], dict) else None
            yield f"kind: unknown kind, value {given!r}; there are {', '.join(_KINDS)}"
        else:
            reason = "unknown key" if detail["type"] == "extra_forbidden" else detail["msg"]
            yield f"{_path(detail)}: {reason}, value {_short(detail['input'])}"


def _path(detail: ErrorDetails) -> str:
    """The way into the case, without the kind that pydantic puts in front of it."""
    steps = detail["loc"][1:] if detail["loc"] and detail["loc"][0] in _KINDS else detail["loc"]
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return written.lstrip(".") or "the case"


def _short(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 80 else f"{written[:77]}…"


def _distinct(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if repeated:
        raise ValueError(f"the key {repeated[0]!r} is given twice in one object")
    return dict(pairs)
