"""From a tenant's settings to a source: everything that does not fit is said at once."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sources.connectors import strict
from sources.connectors.load import SettingsError, build, connector, connectors, dialect
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Op, Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts

LOGIN = {"kind": "basic", "username": "u", "password": Secret("p")}


def source(accounts: Accounts | None = None, **given: Any) -> Source:
    settings = SourceSettings(
        name="erp", connector="sap_s4", url="https://sap.test/sap/opu/odata/sap", **{"auth": LOGIN, **given}
    )
    return build(settings, accounts or Accounts(), httpx.MockTransport(lambda _: httpx.Response(500)))


def test_every_connector_is_well_formed() -> None:
    assert "sap_s4" in connectors()
    for name in connectors():
        assert connector(name).connector == name


def test_a_source_is_a_source() -> None:
    made = source()
    assert isinstance(made, Source)
    assert (made.name, made.system) == ("erp", "SAP S/4HANA")
    assert made.facts[Fact.LEDGER].group_by is not None
    assert made.facts[Fact.LEDGER].filters["period", Op.GE] is Guarantee.EXACT
    assert made.facts[Fact.VOUCHER].keys["ref_invoice"] == 50


def test_facts_can_be_narrowed() -> None:
    made = source(facts=frozenset({Fact.LEDGER}))
    assert made.facts.keys() == {Fact.LEDGER}


def test_everything_that_does_not_fit_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        source(auth={"kind": "basic"}, options={"ledgr": "0L", "ledger": "leading", "client": "1"})
    assert raised.value.problems == (
        "option 'ledgr' is not one of ledger, client, language, ui",
        "option 'ledger' must match [0-9A-Z]{2}",
        "option 'client' must match ([0-9]{3})?",
        "auth 'basic' needs 'username'",
        "auth 'basic' needs 'password'",
    )
    with pytest.raises(SettingsError, match="auth kind 'ntlm' is not one of oauth2, basic, header"):
        source(auth={"kind": "ntlm"})


def test_a_tenant_says_where_its_columns_are() -> None:
    mapping = {
        "order": {
            "receipt_required": {"const": "true"},
            "tax_rate": {"from": "to_PurchaseOrderItem.TaxCode", "type": "decimal", "map": {"V1": "0.2"}},
        },
        "voucher": {"ref_invoice": "AssignmentReference", "origin": {"map": {"ZA": "ACCRUAL"}}},
        "journal_items": {"type": {"map": {"013": "CLOSING"}}},
    }
    made = source(mapping=mapping)
    assert "tax_rate" in made.facts[Fact.ORDER].columns
    assert connector("sap_s4").entities["order"].columns.get("tax_rate") is None, "the connector is unchanged"


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"orders": {}}, "has no entity 'orders'; it has journal_cube"),
        ({"order": {"acount": "X"}}, "ORDER has no column acount"),
        ({"order": {"rate": {"from": "X", "typ": "decimal"}}}, "Extra inputs"),
        ({"order": {"rate": {"from": "X", "type": "code"}}}, "rate is a NUMBER"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(mapping: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        source(mapping=mapping)


def test_the_smaller_concurrency_counts() -> None:
    accounts = Accounts()
    source(accounts, account="acme", limits=Limits(concurrency=50))
    assert accounts.limiter("acme", 100).concurrency == 8
    source(accounts, account="acme", limits=Limits(concurrency=2))
    assert accounts.limiter("acme", 100).concurrency == 2


def test_what_does_not_exist_is_named_with_what_does() -> None:
    with pytest.raises(ValueError, match=r"no connector 'sap'; there are .*sap_s4"):
        connector("sap")
    with pytest.raises(ValueError, match="no dialect 'soap'; there are odata"):
        dialect("soap")


def test_scalars_are_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 0010\nb: NO\nc: 12:30\nd: 2026-01-31\ne: null\nf: 1.50\ng: ~\n")
    assert strict.read(path) == {
        "a": "0010", "b": "NO", "c": "12:30", "d": "2026-01-31", "e": None, "f": "1.50", "g": None,
    }  # fmt: skip


def test_a_key_twice_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb:\n  c: 1\n  c: 2\n")
    with pytest.raises(ValueError, match=r"x\.yaml: 'c' stands twice, line 4"):
        strict.read(path)


def test_parts_can_be_shared(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: &a {x: 1}\nb: {<<: *a, y: 2}\n")
    assert strict.read(path)["b"] == {"x": "1", "y": "2"}
    path.write_text("a: [\n")
    with pytest.raises(ValueError, match=r"x\.yaml"):
        strict.read(path)


def test_accepting_makes_no_call() -> None:
    """The transport would answer 500."""
    assert source().accept(Scan(Fact.ORDER, ("number",))).calls is None
