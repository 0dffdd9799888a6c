"""The README's first screen is true: its question gives its answer, its commands exist."""

import re
from pathlib import Path

import pytest

from gateway import render, sandbox, wiring
from gateway.cli import main
from gateway.cli.ask import Ask, answered
from gateway.config import load

README = Path(__file__).parent.parent.joinpath("README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_question_gives_the_answer_beside_it() -> None:
    question = re.search(r"```graphql\n(.*?)```", README, re.DOTALL)
    table = re.search(r"```\n(cellId.*?)\n```", README, re.DOTALL)
    assert question
    assert table
    configuration = load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)
    body = answered(wiring.engine(configuration, sandbox.in_process()), 60, Ask(question[1]))
    assert "errors" not in body
    assert render.as_table(render.rows_of(body["data"])) == table[1]


def test_every_command_named_exists() -> None:
    named = set(re.findall(r"`threefold (\w+)", README))
    assert named == set(main.commands) - {"demo", "schema"}


def test_every_link_leads_somewhere() -> None:
    root = Path(__file__).parent.parent
    missing = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not (root / link).exists()]
    assert missing == []
