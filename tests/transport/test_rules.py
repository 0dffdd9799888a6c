"""Rules over status, headers and body, in order."""

import pytest
from pydantic import ValidationError

from sources.transport.message import presentable
from sources.transport.rules import ErrorRule, Outcome, at, relevant


def test_a_rule_concerns_a_status_a_class_or_any_error() -> None:
    exact, group, errors = (
        ErrorRule.model_validate({"then": "retry", **given})
        for given in ({"status": 503}, {"status": "5xx"}, {})
    )
    assert [exact.applies(s) for s in (200, 500, 503)] == [False, False, True]
    assert [group.applies(s) for s in (200, 500, 503)] == [False, True, True]
    assert [errors.applies(s) for s in (200, 399, 400, 503)] == [False, False, True, True]


@pytest.mark.parametrize("status", ["5x", "99", "600", "6xx", "abc"])
def test_a_status_must_be_one(status: str) -> None:
    with pytest.raises(ValidationError, match="is not a status"):
        ErrorRule.model_validate({"status": status, "then": "retry"})


def test_everything_that_is_given_must_hold() -> None:
    rule = ErrorRule.model_validate(
        {
            "status": 400,
            "then": "rateLimited",
            "header": {"X-Reason": "^limit"},
            "body": {"at": "o:errorDetails.0.o:errorCode", "equals": "CONCURRENCY_LIMIT_EXCEEDED"},
        }
    )
    body = {"o:errorDetails": [{"o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED"}]}
    assert rule.matches({"x-reason": "limit reached"}, body)
    assert not rule.matches({"x-reason": "other"}, body)
    assert not rule.matches({}, body)
    assert not rule.matches({"x-reason": "limit"}, {"o:errorDetails": []})
    assert not rule.matches({"x-reason": "limit"}, None)


def test_a_body_is_tested_for_being_there_equal_or_matching() -> None:
    def passes(test: dict[str, str], body: object) -> bool:
        return ErrorRule.model_validate({"then": "refused", "body": test}).matches({}, body)

    assert passes({"at": "error"}, {"error": {}})
    assert not passes({"at": "error"}, {"error": None})
    assert passes({"at": "success", "equals": "false"}, {"success": False})
    assert passes({"at": "code", "equals": "70"}, {"code": 70})
    assert passes({"at": "code", "matches": "^ERR_"}, {"code": "ERR_7"})
    assert not passes({"at": "code", "matches": "^ERR_"}, {"code": 7})
    assert not passes({"at": "a.b.c", "equals": "x"}, [1])


def test_own_rules_come_before_the_defaults() -> None:
    own = ErrorRule.model_validate({"status": 404, "then": "empty"})
    assert [rule.then for rule in relevant((own,), 404)] == [Outcome.EMPTY, Outcome.MISSING, Outcome.REFUSED]
    assert relevant((own,), 200) == ()


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        ErrorRule.model_validate({"then": "retry", "retry_afterwards": 3})


def test_paths_walk_objects_and_lists() -> None:
    body = {"a": [{"b": 1}, {"b": 2}]}
    assert at(body, "a.1.b") == 2
    assert at(body, "a.2.b") is None
    assert at(body, "a.b") is None


def test_a_message_is_short_on_one_line_and_without_secrets() -> None:
    assert presentable("a\n  b", ()) == "a b"
    assert len(presentable("x" * 1000, ())) == 200
    assert presentable("key p@ss/word refused, p%40ss%2Fword too", ("p@ss/word",)) == "key … refused, … too"
    assert (
        presentable("Authorization: Bearer eyJhbGci.x.y rejected", ()) == "Authorization: Bearer … rejected"
    )
    assert presentable("password=hunter2&user=me", ()).startswith("password=…")
