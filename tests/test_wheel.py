"""What is built can be installed: the wheel holds the packages, their data, and the command."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = (
    "sources/connectors/sap_s4.yaml",
    "sources/sandbox/company/accounts.csv",
    "gateway/demo/threefold.yaml",
    "gateway/demo/questions/WhatIsLeft.graphql",
    "gateway/explorer/static/plain.js",
    "gateway/py.typed",
)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("threefold-*.whl"))


def test_the_wheel_is_complete(wheel: Path) -> None:
    built = zipfile.ZipFile(wheel)
    names = set(built.namelist())
    assert [name for name in DATA if name not in names] == []
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]
    entry = next(name for name in names if name.endswith("entry_points.txt"))
    assert "threefold = gateway.cli:main" in built.read(entry).decode()


def test_the_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as built:
        built.extractall(site)
    script = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import gateway; assert gateway.__file__.startswith(sys.path[0])\n"
        "from gateway.cli import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script, "query", "--demo", "-"],
        input='{ budgetPosition(where: {legalEntity: {in: ["JP01"]}}) { totals { budget } } }',
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": ""},
    )
    assert ran.returncode == 0, ran.stderr
    assert "budget" in ran.stdout
