"""The command line: help with examples, one answer in three forms, and errors that help."""

import csv
import io
import threading
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import jsonschema
import orjson
import pytest
from click.testing import CliRunner

from gateway import cli
from gateway import sandbox as boxes
from gateway.cli import main
from resolvers.graph.schema import build

LEFT = """
query Left($where: PositionWhere) {
  budgetPosition(where: $where, groupBy: [LEGAL_ENTITY]) {
    rows { legalEntity { id currency } budget actual }
  }
}
"""
US = '{"where": {"legalEntity": {"in": ["US01"]}}}'
COMMANDS = ("serve", "demo", "check", "schema", "query", "explain", "sandbox")


@cache
def small():
    """A sandbox company with few documents."""
    return boxes.in_process(7, 0.02)


@pytest.fixture
def threefold(monkeypatch, tmp_path):
    """Runs a command in an empty folder, on the small company."""
    hosts = small()
    monkeypatch.setattr(cli.question.boxes, "in_process", lambda: hosts)
    monkeypatch.chdir(tmp_path)

    def run(*arguments, text=None):
        return CliRunner().invoke(main, arguments, input=text)

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(threefold, command):
    result = threefold(command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"threefold {command}" in result.output.partition("Example")[2]


def test_all_commands_are_listed(threefold):
    result = threefold("--help")
    assert set(COMMANDS) <= set(result.output.partition("Commands:")[2].split())


def test_schema(threefold):
    assert threefold("schema").output == build().as_str() + "\n"


def test_schema_of_the_configuration(threefold):
    jsonschema.Draft202012Validator.check_schema(orjson.loads(threefold("schema", "--config").output))


def test_query_prints_a_table(threefold):
    result = threefold("query", "--demo", "--variables", US, "-", text=LEFT)
    assert (result.exit_code, result.stderr) == (0, "")
    head, rule, row = result.stdout.splitlines()
    assert head.split() == ["legalEntity.id", "legalEntity.currency", "budget", "actual"]
    assert set(rule) == {"-", " "}
    assert row.split()[:2] == ["US01", "USD"]
    assert len(row) == len(head) == len(rule)


def test_query_prints_json_and_csv(threefold):
    shown = threefold("query", "--demo", "--variables", US, "--format", "json", "-", text=LEFT).stdout
    (row,) = orjson.loads(shown)["data"]["budgetPosition"]["rows"]
    shown = threefold("query", "--demo", "--variables", US, "--format", "csv", "-", text=LEFT).stdout
    assert list(csv.DictReader(io.StringIO(shown))) == [
        {
            "legalEntity.id": "US01",
            "legalEntity.currency": "USD",
            "budget": row["budget"],
            "actual": row["actual"],
        }
    ]


def test_query_reads_a_file(threefold, tmp_path):
    (tmp_path / "left.graphql").write_text("{ budgetPosition { totals { budget } } }", encoding="utf-8")
    result = threefold("query", "--demo", "left.graphql")
    assert result.exit_code == 0
    assert result.stdout.split()[0] == "budgetPosition.totals.budget"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (
            "{ budgetPosition { rows { nonsense } } }",
            "GRAPHQL_VALIDATION_FAILED: Cannot query field 'nonsense'",
        ),
        ('{ budgetPosition(currency: "EURO") { totals { budget } } }', "UNKNOWN_CURRENCY: currency: 'EURO'"),
    ],
)
def test_errors_are_told_and_the_status_says_so(threefold, question, code):
    for command in ("query", "explain"):
        result = threefold(command, "--demo", "-", text=question)
        assert result.exit_code == 1
        assert result.stderr.startswith(code)


def test_explain_says_who_would_be_asked_and_asks_nobody(threefold, monkeypatch):
    def nobody(request):
        pytest.fail(f"asked {request.url}")

    monkeypatch.setattr(cli.question.boxes, "in_process", lambda: httpx.MockTransport(nobody))
    for selection in ("rows { consumed }", "queryPlan { cost }"):
        question = f"{{ budgetPosition(groupBy: [ACCOUNT]) {{ {selection} }} }}"
        result = threefold("explain", "--demo", "-", text=question)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("budgetPosition: 0 calls known beforehand\n  wave 1\n")
        assert "  wave 2\n" in result.stdout
        assert "LEDGER from " in result.stdout
        assert "      pushed   " in result.stdout


@pytest.mark.parametrize("command", ["query", "explain"])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("missing.graphql",), "missing.graphql"),
        (("--demo", "--variables", "{", "-"), "--variables: not JSON"),
        (("--demo", "--variables", "[]", "-"), "--variables: expected a JSON object"),
        (("-",), "threefold.yaml does not exist; give --config FILE, --url ADDRESS"),
        (("--config", "other.yaml", "-"), "other.yaml does not exist"),
        (("--url", "http://127.0.0.1:9/graphql", "-"), "refused"),
        (
            ("--url", "nonsense", "-"),
            "--url nonsense: Request URL is missing an 'http://' or 'https://' protocol",
        ),
        (("--url", "http:// /", "-"), "--url http:// /: "),
    ],
)
def test_what_is_missing_is_named(threefold, command, arguments, told):
    result = threefold(command, *arguments, text=LEFT)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert told in " ".join(result.stderr.split())


@contextmanager
def answering(status, body):
    """The address of something that always gives this answer."""

    class Always(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Always) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/graphql"
        server.shutdown()
        thread.join()


def test_an_address_of_something_else_is_named(threefold):
    for status in (200, 404):
        with answering(status, b"<html>") as url:
            result = threefold("query", "--url", url, "-", text=LEFT)
        assert result.exit_code == 1
        assert "no gateway" in result.stderr


def test_a_gateway_that_refuses_is_heard(threefold):
    body = b'{"errors": [{"message": "not so", "extensions": {"code": "BAD_REQUEST"}}]}'
    with answering(400, body) as url:
        result = threefold("query", "--url", url, "-", text=LEFT)
    assert (result.exit_code, result.stderr) == (1, "BAD_REQUEST: not so\n")


def test_a_configuration_with_problems_lists_them_all(threefold, tmp_path):
    (tmp_path / "threefold.yaml").write_text("version: 1\nprofile: demo\nsourcez: {}\n", encoding="utf-8")
    for command in (
        ("query", "-"),
        ("explain", "-"),
        ("serve", "threefold.yaml"),
        ("check", "threefold.yaml"),
    ):
        result = threefold(*command, text=LEFT)
        assert result.exit_code == 1
        told = result.stdout + result.stderr
        assert "sourcez" in told
        assert told.count("threefold.yaml") > 1


PRODUCTION = """
version: 1
profile: production
reportingCurrency: USD
calendar: C
calendars: [{id: C, startMonth: 1, firstYear: 2025, lastYear: 2026}]
legalEntities:
  - {id: US01, name: One, currency: USD, unused: [REQUISITION, ORDER, RECEIPT, INVOICE, VOUCHER]}
accounts: [{id: 6100, name: Consulting, class: EXPENSE}]
sources:
  own:
    connector: canonical
    url: https://own.example
    auth: {token: "env:TOKEN"}
    entities: {US01: US01}
    facts: [BUDGET, LEDGER]
"""


def test_production_does_not_start_open(threefold, tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    (tmp_path / "threefold.yaml").write_text(PRODUCTION, encoding="utf-8")
    result = threefold("serve", "threefold.yaml")
    assert result.exit_code == 1
    assert "production' does not start open; it needs identity" in result.stderr
    assert "keys: keys.json" in result.stderr


@pytest.mark.parametrize(("profile", "loud"), [("production", False), ("demo", True)])
def test_who_starts_open_says_so(threefold, tmp_path, monkeypatch, profile, loud):
    """Identity is asked for in either profile where the configuration has it."""
    monkeypatch.setenv("TOKEN", "secret")
    served = []
    monkeypatch.setattr(cli.run, "_run", served.append)
    text = PRODUCTION.replace("production", profile)
    identity = "" if loud else "identity: {keys: keys.json}\nroles: {everything: {}}\n"
    (tmp_path / "threefold.yaml").write_text(text + identity, encoding="utf-8")
    result = threefold("serve", "threefold.yaml")
    assert (result.exit_code, len(served)) == (0, 1)
    assert ("anyone who reaches this address can read every figure" in result.stderr) is loud


def test_a_gateway_is_asked_with_the_key_in_the_environment(threefold, monkeypatch):
    monkeypatch.setenv("THREEFOLD_KEY", "tfk_secret")
    asked = []

    def post(url, headers, **_):
        asked.append((url, headers["Authorization"]))
        return httpx.Response(200, json={"data": {"budgetPosition": {"rows": [{"budget": "1"}]}}})

    monkeypatch.setattr(cli.ask.httpx, "post", post)
    assert threefold("query", "--url", "https://g.example/graphql", "-", text=LEFT).exit_code == 0
    assert asked == [("https://g.example/graphql", "Bearer tfk_secret")]
