"""A small valid configuration, and a way to break it in one place."""

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.config import Configuration, ConfigurationError, ConnectorCheck, load

ENV = {"SAP_PASSWORD": "s3cret-from-env"}

VALID = textwrap.dedent("""\
    version: 1
    profile: demo
    reportingCurrency: USD
    calendar: GROUP
    legalEntities:
      - {id: US01, name: Meridian Inc., currency: USD}
      - {id: DE01, name: Meridian GmbH, currency: EUR, unused: [REQUISITION]}
    accounts:
      - {id: OPEX, name: Operating expense}
      - {id: 6100, name: Consulting, class: EXPENSE, parent: OPEX}
      - {id: 6200, name: Software, class: EXPENSE, parent: OPEX}
    costCenters:
      - {id: GROUP, name: Group}
      - {id: US-OPS, name: Operations, parent: GROUP, entity: US01, owner: Alice Warren}
      - {id: DE-OPS, name: Betrieb, parent: GROUP, entity: DE01}
    calendars:
      - {id: GROUP, startMonth: 1, firstYear: 2025, lastYear: 2026}
    rates:
      - {currency: EUR, to: USD, fiscalYear: 2025, rate: 1.0825}
      - {currency: EUR, to: USD, fiscalYear: 2026, rate: 1.10}
    crosswalks:
      - source: sap
        dimension: COST_CENTER
        rows: {0010101101: US-OPS, 0010201101: DE-OPS}
    sources:
      sap:
        connector: sap_s4
        url: https://sap.example/sap/opu/odata/sap
        auth: {username: COMM, password: env:SAP_PASSWORD}
        entities: {US01: 1010, DE01: 2010}
        facts: [LEDGER, VOUCHER]
""")

Load = Callable[..., Configuration]
Wrong = Callable[..., list[str]]


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a text as `threefold.yaml` in an empty directory, beside the files given."""
    monkeypatch.chdir(tmp_path)

    def run(
        content: str | bytes,
        files: Mapping[str, str | bytes] | None = None,
        connectors: ConnectorCheck | None = None,
        env: Mapping[str, str] = ENV,
    ) -> Configuration:
        for name, text in {"threefold.yaml": content, **(files or {})}.items():
            Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(Path("threefold.yaml"), env, connectors)

    return run


@pytest.fixture
def wrong(loaded: Load) -> Wrong:
    """The problems of a text, as they are printed, without the name of the file they are in."""

    def run(content: str | bytes, *args: object, **kwargs: object) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            loaded(content, *args, **kwargs)
        return [str(problem).removeprefix("threefold.yaml:") for problem in caught.value.problems]

    return run


@pytest.fixture
def valid() -> str:
    return VALID


@pytest.fixture
def changed() -> Callable[..., str]:
    """The valid configuration with one piece of text replaced by another."""

    def run(*replacements: tuple[str, str]) -> str:
        text = VALID
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        return text

    return run
