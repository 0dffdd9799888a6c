"""What a question can do wrong. Each has a stable code and says what would be accepted.

QuestionError
  UNKNOWN_MEMBER          a member that is not in the dimension
  UNKNOWN_HIERARCHY       a hierarchy that the dimension does not have
  UNKNOWN_CURRENCY        not an ISO 4217 currency
  PERIOD_OUTSIDE_CALENDAR a period or fiscal year the calendar does not have
  CONTRADICTORY_FILTERS   filters that exclude each other: the answer would be empty by construction
  LIMIT_EXCEEDED          more rows asked for, or more calls planned, than the configured cap
  BAD_INPUT               arguments that do not fit together
"""

import difflib
from collections.abc import Iterable


class QuestionError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def unknown_member(field: str, value: str, accepted: Iterable[str]) -> QuestionError:
    known = sorted(accepted)
    close = difflib.get_close_matches(value, known, n=3, cutoff=0.4) or known[:3]
    return QuestionError(
        "UNKNOWN_MEMBER",
        f"{field}: {value!r} is not one of its {len(known)} members; did you mean {', '.join(close)}?"
        if known
        else f"{field}: {value!r} is unknown; there are no members",
    )
