"""Who cannot reconstruct a past state says so, naming itself and the fact; so does every other refusal."""

from datetime import date

import pytest

from sources.connectors import load
from sources.dialects.negotiation import choose
from sources.spi.errors import AsOfUnsupported
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Scan

_MASTER = (Fact.COST_CENTER, Fact.SUPPLIER)


def timeless() -> list[tuple[str, Fact]]:
    """The facts of each connector of which no entity can be read as of a day."""
    found = []
    for name in load.connectors():
        entities = load.connector(name).entities.values()
        dated = {entity.fact for entity in entities if entity.as_of is not None}
        found += [(name, fact) for fact in sorted({e.fact for e in entities} - dated - {*_MASTER})]
    return found


def test_some_cannot() -> None:
    assert {"sap_s4", "tryton"} <= {name for name, _ in timeless()}


@pytest.mark.parametrize(("name", "fact"), timeless())
def test_it_refuses_by_name(name: str, fact: Fact) -> None:
    entities = {n: e for n, e in load.connector(name).entities.items() if e.fact is fact}
    scan = Scan(fact, tuple(COLUMNS[fact]), as_of=date(2026, 3, 31))
    with pytest.raises(AsOfUnsupported) as refused:
        choose("purchasing", entities, scan)
    assert str(refused.value).startswith(f"purchasing: cannot reconstruct {fact} as of 2026-03-31")
    assert refused.value.code == "AS_OF_UNSUPPORTED"
