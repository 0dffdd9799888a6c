"""Where audit lines go, by configuration; and that no answer waits for a line that cannot be written."""

import logging
import stat

import pytest

from gateway.audit.sink import AuditSettings, nowhere, sink
from gateway.config.audit import AuditSection, audit
from tests.gateway.world import Door


def test_a_full_file_is_put_away(tmp_path):
    file = tmp_path / "audit.jsonl"
    write = sink(AuditSettings(file, max_bytes=100, keep=2))
    for n in range(9):
        write(b"%030d\n" % n)
    kept = {each.name: each.read_text() for each in tmp_path.iterdir()}
    lines = "".join(kept[name] for name in ("audit.jsonl.2", "audit.jsonl.1", "audit.jsonl")).split()
    assert [int(line) for line in lines] == list(range(9 - len(lines), 9))
    assert len(lines) >= 6
    assert all(len(text) <= 100 for text in kept.values())
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in tmp_path.iterdir())


def test_standard_output(capfdbinary):
    sink(AuditSettings())(b"a line\n")
    assert capfdbinary.readouterr().out == b"a line\n"


def test_a_line_that_cannot_be_written_stops_nothing(tmp_path, caplog, monkeypatch):
    write = sink(AuditSettings(tmp_path / "audit.jsonl"))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.audit.sink.os.write", full)
    with Door(audit=write) as door, caplog.at_level(logging.ERROR, "threefold"):
        assert door.ask("{ __typename }") == {"data": {"__typename": "Query"}}
    assert "an audit line could not be written" in caplog.text


def test_a_file_that_cannot_be_opened_is_told_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        sink(AuditSettings(tmp_path / "nowhere" / "audit.jsonl"))


def test_what_is_said_and_what_is_not(tmp_path):
    assert audit(None, "production", tmp_path) == AuditSettings()
    assert audit(None, "demo", tmp_path) is None
    assert sink(None) is nowhere
    assert audit(AuditSection(to="nowhere"), "production", tmp_path) is None
    said = AuditSection.model_validate({"to": "file", "file": "a.jsonl", "maxBytes": "1000", "keep": "3"})
    assert audit(said, "demo", tmp_path) == AuditSettings(tmp_path / "a.jsonl", 1000, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"to": "file"}, "is needed for `to: file`"), ({"file": "a"}, "is for `to: file` only")],
)
def test_a_file_goes_with_its_name(given, message):
    with pytest.raises(ValueError, match=message):
        AuditSection.model_validate(given)
