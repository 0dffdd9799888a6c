"""`threefold key`: made, listed, replaced and revoked from the command line."""

import re

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.identity import Keys, UnknownError, keys


@pytest.fixture
def threefold(tmp_path, monkeypatch):
    """Runs a command beside a configuration that names a file of keys, and is wrong in all else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keys, "_LOOKED", 0.0)
    (tmp_path / "threefold.yaml").write_text("version: 1\nidentity: {keys: keys.json}\n", encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(main, ["key", *arguments])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys.json"


def test_a_key_is_shown_once_and_lets_in(threefold, file):
    made = threefold("new", "power bi", "--role", "finance", "--role", "audit", "--expires", "90d")
    assert made.exit_code == 0
    assert re.fullmatch(r"tfk_[0-9a-f]{8}_[0-9a-f]{64}\n", made.stdout)
    assert "It is shown this once" in made.stderr
    assert Keys(file).principal(made.stdout.strip()).roles == {"audit", "finance"}
    listed = threefold("list").stdout
    assert "power bi" in listed
    assert "audit finance" in listed
    assert made.stdout.strip().rpartition("_")[2] not in listed


def test_a_key_is_replaced(threefold, file):
    old = threefold("new", "bi").stdout.strip()
    refused = threefold("new", "bi")
    assert refused.exit_code == 1
    assert "say with --replace when that one ends" in refused.stderr
    new = threefold("new", "bi", "--replace", "7d").stdout.strip()
    assert Keys(file).principal(old).expires is not None
    assert Keys(file).principal(new).expires is None
    newest = threefold("new", "bi", "--replace", "0s").stdout.strip()
    for gone in (old, new):
        with pytest.raises(UnknownError, match="the key has expired"):
            Keys(file).principal(gone)
    assert Keys(file).principal(newest).name == "bi"
    assert threefold("list").stdout.count("expired") == 2


def test_a_key_is_revoked_by_id_or_name(threefold, file):
    texts = [threefold("new", "bi", "--replace", "1d").stdout.strip() for _ in range(3)]
    other = threefold("new", "other").stdout.strip()
    assert threefold("revoke", texts[0][4:12]).stdout == "revoked 1 key\n"
    assert threefold("revoke", "bi").stdout == "revoked 2 keys\n"
    for gone in texts:
        with pytest.raises(UnknownError, match="the key is not known here"):
            Keys(file).principal(gone)
    assert Keys(file).principal(other).name == "other"
    again = threefold("revoke", "bi")
    assert (again.exit_code, "no key has the id or name 'bi'" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "bi", "--expires", "soon"), "--expires: expected a duration such as 12h or 90d"),
        (("new", "bi", "--expires", "1s"), "--expires: expected at least 1m"),
        (("new", " bi"), "NAME: expected 1 to 64 printable characters"),
        (("new", "bi\n"), "NAME: expected 1 to 64 printable characters"),
        (("list", "--config", "none.yaml"), "none.yaml:1: cannot be read"),
        (("list", "--config", "other.yaml"), "other.yaml names no file of keys"),
        (("list", "--config", "wrong.yaml"), "identity.keys: is empty; give it a value"),
        (("list", "--config", "broken.yaml"), "broken.json: is not a file of keys"),
        (("new", "x", "--config", "broken.yaml"), "broken.json: is not a file of keys"),
        (("revoke", "x", "--config", "nowhere.yaml"), "nowhere/keys.json.new: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said(threefold, tmp_path, arguments, said):
    for name, text in {
        "other.yaml": "identity: {issuers: [{issuer: https://l.example, audience: [x]}]}",
        "wrong.yaml": "identity: {keys: }",
        "broken.yaml": "identity: {keys: broken.json}",
        "nowhere.yaml": "identity: {keys: nowhere/keys.json}",
        "broken.json": "{",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = threefold(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert said in " ".join(result.stderr.split())


def test_a_list_of_nothing(threefold):
    assert threefold("list").stdout == "no keys\n"
