"""Credentials: fetched from where the file says, and shown nowhere."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config import yaml
from gateway.config.problems import Problems
from sources.spi.settings import Secret

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

AUTH = "auth: {username: COMM, password: env:SAP_PASSWORD}"
URL = "url: https://sap.example/sap/opu/odata/sap"
HIDDEN = "hunter2"


def revealed(configuration):
    return {
        field: value.reveal() if isinstance(value, Secret) else value
        for field, value in configuration.sources["sap"].auth.items()
    }


def test_secrets_come_from_the_environment_and_user_names_from_the_file(valid, loaded):
    auth = loaded(valid).sources["sap"].auth
    assert auth["username"] == "COMM"
    assert isinstance(auth["password"], Secret)
    assert revealed(loaded(valid))["password"] == "s3cret-from-env"
    assert "s3cret" not in repr(loaded(valid))


def test_secrets_come_from_files_beside_the_configuration(changed, loaded):
    text = changed(
        (AUTH, "auth: {client_id: me, tokenUrl: 'https://t.example', client_secret: file:secret.txt}")
    )
    auth = revealed(loaded(text, {"secret.txt": "from a file\r\n"}))
    assert auth == {"client_id": "me", "tokenUrl": "https://t.example", "client_secret": "from a file"}


def test_a_user_name_may_be_a_secret_too(changed, loaded):
    assert revealed(loaded(changed(("COMM", "env:SAP_PASSWORD"))))["username"] == "s3cret-from-env"


@pytest.mark.parametrize(
    ("auth", "message"),
    [
        (
            f"password: {HIDDEN}",
            "must not stand in the file: write env:NAME for an environment variable, or file:PATH for a file",
        ),
        ("password: env:NOT_SET", "names the variable NOT_SET, which is not set"),
        ("password: env:EMPTY", "names the variable EMPTY, which is empty"),
        (
            f"password: 'env:{HIDDEN} x'",
            "must name an environment variable after env:, in letters, digits and _",
        ),
        ("password: file:none.txt", "names a file that cannot be read (No such file or directory)"),
        ("password: file:.", "names a file that cannot be read (Is a directory)"),
        ("password: file:empty.txt", "names a file that is empty"),
        ("password: file:large.txt", "names a file that is larger than 64 KiB"),
        ("password: file:binary.txt", "names a file that cannot be read (not text)"),
    ],
)
def test_what_cannot_be_a_credential(changed, wrong, auth, message):
    files = {"empty.txt": "\n", "large.txt": "x" * 70_000, "binary.txt": b"\xff\xfe"}
    problems = wrong(changed((AUTH, f"auth: {{{auth}}}")), files, env={"EMPTY": ""})
    assert problems == [f"29: sources.sap.auth.password: {message}"]


LEAKS = [
    (AUTH, f"auth: {HIDDEN}"),
    (AUTH, f"auth: [{HIDDEN}]"),
    (AUTH, f"auth: {{password: {HIDDEN}}}"),
    (AUTH, f"auth: {{password: {{value: {HIDDEN}}}}}"),
    (AUTH, f"auth: {{password: [{HIDDEN}]}}"),
    (AUTH, f"auth: {{password: !{HIDDEN}}}"),
    (AUTH, f"auth: {{password: !{HIDDEN}!x y}}"),
    (AUTH, f"auth: {{password: *{HIDDEN}}}"),
    (AUTH, f"auth: {{password: &{HIDDEN} a, b: &{HIDDEN} b}}"),
    (AUTH, f'auth: {{password: "{HIDDEN}\\q"}}'),
    (AUTH, f'auth: {{password: "{HIDDEN}\\UFFFFFFFF"}}'),
    (AUTH, f"auth: {{password: @{HIDDEN}}}"),
    (AUTH, f"auth: {{password: {HIDDEN}: {HIDDEN}}}"),
    (AUTH, f"auth: {{password: {HIDDEN}\n}}\n]"),
    (AUTH, f"auth: {{password: {HIDDEN}\x07}}"),
    (AUTH, f"{AUTH}\n    password: {HIDDEN}"),
    (AUTH, f"{AUTH}\n    auth: {{password: {HIDDEN}}}"),
    (URL, f"url: https://me:{HIDDEN}@sap.example"),
    (URL, f"url: ftp://me:{HIDDEN}@sap.example"),
    (URL, f"url: https://me:{HIDDEN}@sap.example:x"),
    (URL, f"{URL}\n    proxy: http://me:{HIDDEN}@proxy.example"),
]


@pytest.mark.parametrize(("old", "new"), LEAKS, ids=[str(index) for index in range(len(LEAKS))])
def test_no_problem_shows_a_credential(changed, wrong, old, new):
    problems = wrong(changed((old, new)))
    assert problems
    assert not any(HIDDEN in problem for problem in problems), problems


@unhurried
@given(st.text("ab:{}[]&*!|>'\"%@`,?#- \n\t\\x", max_size=20), st.text("ab:{}[]&*!'\" \n\\x", max_size=20))
def test_no_syntax_error_shows_what_stands_around_it(before, after):
    problems = Problems("f.yaml")
    yaml.load(f"password: {before}hunter2{after}".encode(), "f.yaml", problems)
    for problem in problems.sorted():
        assert HIDDEN not in problem.message
