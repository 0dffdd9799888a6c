"""From an execution result to response bytes, and from errors to what may be told.

Errors that carry a code are ours and are told as they are; what GraphQL itself refuses gets one: BAD_REQUEST
for a request (operation name, variables), BAD_INPUT for a field's arguments. So does a question that a field
finds out late that it may not ask. Anything unexpected is logged
under an incident id, and the client is told the id.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from resolvers.plan.errors import QuestionError
from resolvers.plan.explain import PlanReport, ScanReport

log = logging.getLogger("threefold")


def body(
    result: ExecutionResult,
    beside: Iterable[GraphQLError] = (),
    extensions: Mapping[str, Any] | None = None,
) -> bytes:
    """The response body; `beside` are errors that come with data rather than instead of it."""
    errors = [formatted(error) for error in (*(result.errors or ()), *beside)]
    content: dict[str, Any] = {"errors": errors} if errors else {}
    if result.data is not None or not errors:
        content["data"] = result.data
    if extensions:
        content["extensions"] = extensions
    return orjson.dumps(content, default=_other)


def plans(reports: Mapping[str, PlanReport], errors: Iterable[GraphQLError]) -> bytes:
    """The body of a request that only wanted to know how it would be answered; `errors` of fields that
    cannot be are told beside the plans of those that can."""
    found = [
        {"field": field, "cost": r.cost, "waves": [[_scan(scan) for scan in wave] for wave in r.waves]}
        for field, r in reports.items()
    ]
    told = [formatted(error) for error in errors if (error.extensions or {}).get("code") != "EXPLAINED"]
    content: dict[str, Any] = {"errors": told} if told else {}
    return orjson.dumps({**content, "extensions": {"queryPlans": found}})


def _scan(scan: ScanReport) -> dict[str, Any]:
    return {
        "source": scan.source,
        "fact": scan.fact,
        "entity": scan.entity,
        "pushed": scan.pushed,
        "residual": scan.residual,
        "estimatedCalls": scan.estimated_calls,
    }


def failure(code: str, message: str) -> bytes:
    """The body of a request that was not executed."""
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})


def unexpected(error: Exception) -> bytes:
    """The body where something failed that nobody foresaw, outside any field."""
    return orjson.dumps({"errors": [dict(_incident(GraphQLError(""), error).formatted)]})


def formatted(error: GraphQLError) -> dict[str, Any]:
    if isinstance(error.original_error, QuestionError):
        error = _with(error, error.message, {"code": error.original_error.code})
    coded = (error.extensions or {}).get("code")
    if not coded and error.path is None:
        error = _with(error, error.message, {"code": "BAD_REQUEST"})
    elif not coded and isinstance(error.original_error, GraphQLError | None):
        error = _with(error, error.message, {"code": "BAD_INPUT"})
    elif not coded:
        error = _incident(error, error.original_error)
    return dict(error.formatted)


def _incident(error: GraphQLError, cause: Exception | None) -> GraphQLError:
    """The error without its cause, which is logged under the incident that is told."""
    incident = uuid.uuid4().hex[:12]
    log.error("incident %s", incident, exc_info=cause)
    message = f"An unexpected error occurred; incident {incident}."
    return _with(error, message, {"code": "INTERNAL_ERROR", "incident": incident})


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    """The error as it is told: in the same place, in other words."""
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a response value")
