"""Keys of the gateway's own: made, checked, replaced, revoked, and never written down."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from gateway.identity import UnknownError, keys
from gateway.identity.principal import UnverifiableError

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture(autouse=True)
def _look_every_time(monkeypatch):
    monkeypatch.setattr(keys, "_LOOKED", 0.0)


def given(file, name="bi", roles=("finance",), expires=None):
    made, text = keys.made(name, roles, NOW, expires)
    with keys.changing(file) as held:
        held.append(made)
    return made, text


def known(file, now=NOW):
    return keys.Keys(file, lambda: now)


def test_a_key_says_who_it_is(file):
    _, text = given(file, roles=("finance", "audit"), expires=NOW + DAY)
    found = known(file).principal(text)
    assert (found.id, found.name, found.roles) == ("key bi", "bi", {"audit", "finance"})
    assert found.expires == NOW + DAY


def test_the_file_holds_no_key_and_is_its_owners(file):
    made, text = given(file)
    content = file.read_text()
    assert text.rpartition("_")[2] not in content
    assert made.id in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not file.with_name("keys.json.new").exists()


def test_secrets_differ(file):
    texts = {given(file)[1] for _ in range(20)}
    assert len({text.rpartition("_")[2] for text in texts}) == 20


@pytest.mark.parametrize("change", [lambda t: t[:-1] + "0", lambda t: t[:-1], lambda t: t + "0", str.upper])
def test_all_of_a_key_counts(file, change):
    _, text = given(file)
    text = text[:-1] + "1"
    with pytest.raises(UnknownError, match="the key is not known here"):
        known(file).principal(change(text))


def test_the_id_of_a_key_is_no_key(file):
    """Who has seen a list of keys, or the file, has nothing to come in with."""
    made, _ = given(file)
    _, other = keys.made("bi", (), NOW, None)
    for text in (f"tfk_{made.id}_{other.rpartition('_')[2]}", f"tfk_{made.id}_{made.sha256}"):
        with pytest.raises(UnknownError, match="the key is not known here"):
            known(file).principal(text)


def test_a_key_ends(file):
    _, text = given(file, expires=NOW + DAY)
    assert known(file, NOW + DAY - timedelta(seconds=1)).principal(text).name == "bi"
    with pytest.raises(UnknownError, match="the key has expired"):
        known(file, NOW + DAY).principal(text)


def test_a_running_gateway_notices(file):
    """No file yet, a key, another beside it, the first revoked, the file gone."""
    running = known(file)
    with pytest.raises(UnknownError):
        running.principal(f"tfk_{'0' * 8}_{'0' * 64}")
    first, text = given(file)
    _, second = given(file)
    assert running.principal(text).name == running.principal(second).name == "bi"
    with keys.changing(file) as held:
        held[:] = keys.without(held, first.id)
    assert running.principal(second).name == "bi"
    with pytest.raises(UnknownError):
        running.principal(text)
    file.unlink()
    with pytest.raises(UnknownError):
        running.principal(second)


def test_a_file_that_breaks_is_no_reason_to_refuse_for_good(file):
    _, text = given(file)
    content = file.read_bytes()
    running = known(file)
    file.write_bytes(b"{")
    with pytest.raises(UnverifiableError):
        running.principal(text)
    file.write_bytes(content)
    assert running.principal(text).name == "bi"


def test_old_keys_of_the_name_end_with_the_new_one(file):
    old, soon = given(file)[0], given(file, expires=NOW + DAY)[0]
    other = given(file, "other")[0]
    found = keys.superseded(keys.read(file), "bi", NOW + 7 * DAY)
    assert {key.id: key.expires for key in found} == {
        old.id: NOW + 7 * DAY,
        soon.id: NOW + DAY,
        other.id: None,
    }


def test_one_changes_the_file_at_a_time(file):
    with (
        keys.changing(file),
        pytest.raises(keys.UnreadableError, match="another command is changing"),
        keys.changing(file),
    ):
        pass


def test_a_change_that_fails_changes_nothing(file):
    given(file)
    before = file.read_bytes()

    def failing():
        with keys.changing(file) as held:
            held.clear()
            raise ValueError("meanwhile")

    with pytest.raises(ValueError, match="meanwhile"):
        failing()
    assert file.read_bytes() == before
    given(file)
    assert len(keys.read(file)) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"keys": 3}', b'{"keys": [{}]}', b'{"keys": ["x"]}', b"\xff"],
)
def test_what_is_no_file_of_keys(file, content):
    file.write_bytes(content)
    with pytest.raises(keys.UnreadableError, match="not a file of keys"):
        keys.read(file)


@pytest.mark.parametrize("broken", [{"name": 1}, {"roles": "finance"}, {"roles": [1]}, {"created": "soon"}])
def test_what_is_no_key(file, broken):
    given(file)
    content = json.loads(file.read_text())
    content["keys"][0] |= broken
    file.write_text(json.dumps(content))
    with pytest.raises(keys.UnreadableError):
        keys.read(file)
