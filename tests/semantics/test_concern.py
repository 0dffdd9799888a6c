"""Which ledger lines say something of what was read before them, and which may come and change nothing."""

import polars as pl
import pytest

from resolvers.plan.normal import blank
from resolvers.semantics.concern import concerned, words
from sources.spi.facts import Fact

READ = words(
    pl.concat(
        [
            blank(Fact.VOUCHER),
            pl.DataFrame(
                [
                    {"legal_entity": "ONE", "number": "J1", "ref_invoice": "I0", "ref_po": "PO1"},
                    {"legal_entity": "ONE", "id": "7", "number": "J2", "ref_supplier_invoice": "R-10"},
                    {"legal_entity": "ONE", "number": "J3", "reverses": "J0"},
                ],
                schema_overrides=dict(blank(Fact.VOUCHER).schema),
            ),
        ],
        how="diagonal",
    ),
    pl.concat(
        [
            blank(Fact.INVOICE),
            pl.DataFrame(
                [{"legal_entity": "ONE", "id": "I1", "supplier_invoice": "inv-0042", "po": "PO2"}],
                schema_overrides=dict(blank(Fact.INVOICE).schema),
            ),
        ],
        how="diagonal",
    ),
    pl.concat(
        [
            blank(Fact.ORDER),
            pl.DataFrame([{"legal_entity": "ONE", "number": "PO3"}]),
        ],
        how="diagonal",
    ),
)
"""J1 for I0 and PO1 · J2 (id 7) for number R-10 · J3 reverses J0 · I1, number inv-0042, on PO2 · PO3."""


def told(**said: str | None) -> bool:
    row = {"legal_entity": "ONE", "number": "J9", **said}
    schema = dict(blank(Fact.VOUCHER).schema)
    fresh = pl.DataFrame([row], schema_overrides={name: schema[name] for name in row})
    return concerned(pl.concat([blank(Fact.VOUCHER), fresh], how="diagonal"), READ)


@pytest.mark.parametrize(
    "said",
    [
        {"number": "J1"},
        {"id": "7"},
        {"reverses": "J2"},
        {"number": "J0"},
        {"ref_invoice": "I0"},
        {"ref_invoice": "I1"},
        {"ref_supplier_invoice": "r10"},
        {"ref_supplier_invoice": "INV 0042", "supplier": "another"},
        {"ref_po": "PO1"},
        {"ref_po": "PO2"},
        {"ref_po": "PO3"},
    ],
)
def test_what_names_anything_that_was_read_concerns_it(said: dict[str, str]) -> None:
    """Another line of a document, by number or id; what reverses it or is reversed by it; its references."""
    assert told(**said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"reverses": "J8"},
        {"ref_invoice": "I9", "ref_supplier_invoice": "43", "ref_po": "PO9"},
        {"ref_supplier_invoice": "", "ref_invoice": "", "ref_po": ""},
        {"ref_supplier_invoice": "---"},
        {"legal_entity": "TWO", "number": "J1", "ref_invoice": "I1", "ref_po": "PO3"},
    ],
)
def test_what_names_something_else_or_nothing_does_not(said: dict[str, str]) -> None:
    """A number without letters and digits is no number; other entities number by themselves."""
    assert not told(**said)


def test_no_lines_concern_nothing() -> None:
    assert not concerned(blank(Fact.VOUCHER), READ)
