"""Fetching GraphiQL's bundles: what is copied, when nothing is to do, and what is said when it cannot be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.explorer import build as building
from gateway.explorer.build import BuildError, build, main
from gateway.explorer.shelf import BUNDLES, HERE, LICENCES


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    folder = tmp_path / "installed"
    for source in BUNDLES.values():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(f"content of {source}")
    (folder / "react" / "LICENSE").write_text("You may.")
    return folder


def test_copies_the_bundles_and_every_licence_once(node_modules: Path, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assert build(assets, node_modules) is True
    assert (assets / "react.min.js").read_text() == "content of react/umd/react.production.min.js"
    assert "## react 18.3.1 (MIT)\n\nYou may." in (assets / LICENCES).read_text()
    assert sorted(path.name for path in assets.iterdir()) == sorted([*BUNDLES, LICENCES, "stamp"])
    assert build(assets, node_modules) is False


def test_builds_again_when_a_bundle_or_the_stamp_is_gone(node_modules: Path, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    build(assets, node_modules)
    for lost in ("graphiql.min.js", "stamp"):
        (assets / lost).unlink()
        assert build(assets, node_modules) is True
    (assets / "stamp").write_text("of another lock file")
    assert build(assets, node_modules) is True


def test_a_folder_without_the_bundles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"graphiql\.min\.js"):
        build(tmp_path / "assets", tmp_path)


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)])
def test_without_npm_it_says_why(
    options: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_empty_assets(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(main, options)
    assert result.exit_code == code
    assert "npm is not installed" in result.stderr
    assert ("the plain page serves" in result.stdout) is (code == 0)


def test_a_failing_npm_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_empty_assets(tmp_path, monkeypatch)
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no route to the registry' >&2\nexit 7\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    result = CliRunner().invoke(main)
    assert result.exit_code == 0
    assert "npm failed with code 7:\nno route to the registry" in result.stderr


def test_the_lock_file_pins_content_and_names_no_registry() -> None:
    text = (HERE / "package-lock.json").read_text()
    locked = {place: package for place, package in json.loads(text)["packages"].items() if place}
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
    assert "resolved" not in text
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def _with_empty_assets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build_there(node_modules: Path | None = None) -> bool:
        return build(folder / "assets", node_modules)

    monkeypatch.setattr(building, "build", build_there)
