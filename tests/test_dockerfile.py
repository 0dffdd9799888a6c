"""The Dockerfile as text: its sources exist and reach the build, and the image does not run as root."""

import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: ``COPY --from=build /a /b`` is ("COPY", "--from=build /a /b")."""

    word: str
    rest: str

    def flag(self, name: str) -> str | None:
        found = re.search(rf"--{name}=(\S+)", self.rest)
        return found[1] if found else None

    def operands(self) -> list[str]:
        return [word for word in shlex.split(self.rest) if not word.startswith("--")]


def _stages() -> dict[str, list[Step]]:
    """Instructions by stage name, in order; those before the first FROM are left out."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    stages: dict[str, list[Step]] = {}
    for line in re.sub(r"\\\n", " ", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages[rest.split(" AS ")[1]] = []
        elif word and stages:
            stages[list(stages)[-1]].append(Step(word, rest.strip()))
    return stages


STAGES = _stages()
FINAL = list(STAGES.values())[-1]
COPIED = [
    source
    for steps in STAGES.values()
    for step in steps
    if step.word == "COPY" and step.flag("from") is None
    for source in step.operands()[:-1]
]


def _only(steps: list[Step], word: str) -> Step:
    found = [step for step in steps if step.word == word]
    assert len(found) == 1, f"one {word} expected, found {found}"
    return found[0]


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_exists_and_is_not_ignored(source: str) -> None:
    assert (ROOT / source).exists()
    admitted = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if pattern and any(fnmatch(str(part), pattern) for part in (Path(source), *Path(source).parents)):
            admitted = line.startswith("!")
    assert admitted


def test_stages_copy_only_from_earlier_stages() -> None:
    names = list(STAGES)
    for number, steps in enumerate(STAGES.values()):
        origins = {step.flag("from") for step in steps if step.word == "COPY"} - {None}
        assert origins <= set(names[:number])


def test_every_package_of_the_wheel_is_copied() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]
    assert set(hatch["build"]["targets"]["wheel"]["packages"]) <= set(COPIED)


def test_dependencies_are_installed_by_hash() -> None:
    installs = [step.rest for step in STAGES["build"] if step.word == "RUN" and "-r " in step.rest]
    assert installs
    assert all("--require-hashes" in install for install in installs)


def test_the_image_runs_as_a_numeric_user_that_is_not_root() -> None:
    user, group = _only(FINAL, "USER").rest.split(":")
    assert int(user) > 0
    assert int(group) > 0
    after = FINAL[FINAL.index(_only(FINAL, "USER")) + 1 :]
    assert {step.word for step in after} <= {"EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def test_the_health_check_asks_the_exposed_port_whether_it_lives() -> None:
    port = _only(FINAL, "EXPOSE").rest
    check = _only(FINAL, "HEALTHCHECK").rest
    program = json.loads(check.partition("CMD ")[2])
    assert program[:2] == ["python", "-c"]
    compile(program[2], "HEALTHCHECK", "exec")
    assert f"'http://127.0.0.1:{port}/livez'" in program[2]


def test_it_starts_the_command_the_distribution_installs() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert json.loads(_only(FINAL, "ENTRYPOINT").rest)[0] in scripts
    assert json.loads(_only(FINAL, "CMD").rest) == ["serve", "/etc/threefold/threefold.yaml"]
