"""Every hazard is in every company, and its systems serve it with the references it is about."""

import inspect
from collections import Counter
from decimal import Decimal

import pytest

from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Estate
from sources.sandbox.estate.hazards import HAZARDS
from tests.sandbox.hazard_systems import SEEDS, Systems, systems_of

WITHOUT_DOCUMENTS = {"budget_of_a_group"}


@pytest.fixture(scope="module", params=SEEDS)
def company(request: pytest.FixtureRequest) -> Systems:
    return systems_of(request.param)


def numbers(estate: Estate) -> Counter[str]:
    kinds = (
        estate.requisitions,
        estate.orders,
        estate.receipts,
        estate.invoices,
        estate.journals,
        estate.blankets,
    )
    found = Counter(document.number for kind in kinds for document in kind)
    others = (estate.deferrals, estate.subscriptions, estate.budget)
    return found + Counter({document.number for kind in others for document in kind})


def test_every_hazard_is_there_and_its_documents_exist_once(company: Systems) -> None:
    assert company.estate.hazards.keys() == HAZARDS.keys()
    exist = numbers(company.estate)
    for name, found in company.estate.hazards.items():
        assert found, name
        if name not in WITHOUT_DOCUMENTS:
            assert {number: exist[number] for number in found} == dict.fromkeys(found, 1), name


def test_every_hazard_says_what_happened() -> None:
    assert all(len(inspect.getdoc(hazard) or "") > 80 for hazard in HAZARDS.values())


def test_hazards_do_not_depend_on_scale() -> None:
    small = build(7, 0.02).hazards
    for name, found in systems_of(7).estate.hazards.items():
        assert small[name] == found, name


REFERENCES = {
    "keyed_in_the_ledger": ["number order"],
    "voucher_with_supplier_number": ["number"],
    "voucher_spelled_otherwise": ["number"],
    "voucher_with_order_line": ["order"],
    "unknown_order": ["number order"],
    "duplicate_voucher": ["id number order", "number order"],
    "split_posting": ["id number order", "id number order"],
    "reversed_voucher": ["id number order", "id number order"],
    "reversed_and_posted_again": ["id number order"] * 3,
    "accrual_beside_receipt": ["order"],
    "accrual_reversed": ["order", "order"],
    "recoded_cost_center": ["id number order"],
    "over_invoiced": ["id number order"],
    "cumulative_commitment": ["id number order"],
}
FIELDS = {
    "id": ("Reference3IDByBusinessPartner", ""),
    "number": ("DocumentReferenceID", ""),
    "order": ("PurchasingDocument", ""),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_voucher_names_what_it_should_and_nothing_else(company: Systems, name: str) -> None:
    journals = {j.number for j in company.estate.journals}
    vouchers = [number for number in company.estate.hazards[name] if number in journals]
    said = []
    for number in vouchers:
        charged = next(row for row in company.postings(number) if row["CostCenter"])
        said.append(" ".join(word for word, (at, empty) in FIELDS.items() if charged[at] != empty))
    assert said == REFERENCES[name]


def test_a_keyed_voucher_has_no_invoice_upstream(company: Systems) -> None:
    order, voucher = company.estate.hazards["keyed_in_the_ledger"]
    (line,) = company.coupa_order(order)["order-lines"]
    assert (Decimal(line["quantity"]), Decimal(line["invoiced"])) == (Decimal(10), Decimal(0))
    assert company.coupa("invoices", **{"invoice_lines[order_header_num]": order}) == []
    assert company.postings(voucher)[0]["PurchasingDocument"] == order


def test_a_number_is_spelled_otherwise(company: Systems) -> None:
    _, invoice, voucher = company.estate.hazards["voucher_spelled_otherwise"]
    typed = company.postings(voucher)[0]["DocumentReferenceID"]
    assert typed != invoice
    assert typed == invoice.replace("-", "")
    assert company.coupa("invoices", invoice_number=invoice)


def test_a_voucher_of_an_order_line_is_near_its_invoice_and_not_equal(company: Systems) -> None:
    _, invoice, voucher = company.estate.hazards["voucher_with_order_line"]
    (upstream,) = company.coupa("invoices", invoice_number=invoice)
    booked = Decimal(company.postings(voucher)[0]["AmountInCompanyCodeCurrency"])
    assert booked - Decimal(upstream["gross-total"]) == Decimal("0.40")


def test_nobody_has_the_unknown_order(company: Systems) -> None:
    order, voucher = company.estate.hazards["unknown_order"]
    named = company.postings(voucher)[0]["PurchasingDocument"]
    assert named != order
    assert company.coupa("purchase_orders", po_number=named) == []


def test_a_duplicate_is_the_whole_twice_and_a_split_the_whole_once(company: Systems) -> None:
    for name, times in (("duplicate_voucher", 2), ("split_posting", 1)):
        _, invoice, *vouchers = company.estate.hazards[name]
        (upstream,) = company.coupa("invoices", invoice_number=invoice)
        booked = [Decimal(company.postings(v)[0]["AmountInCompanyCodeCurrency"]) for v in vouchers]
        assert sum(booked) == times * Decimal(upstream["gross-total"])


def test_a_reversal_names_the_voucher_it_takes_back(company: Systems) -> None:
    for name in ("reversed_voucher", "reversed_and_posted_again", "accrual_reversed"):
        *_, posted, reversal = company.estate.hazards[name][:4]
        (first, *_), (back, *_) = company.postings(posted), company.postings(reversal)
        assert (back["ReverseDocument"], back["IsReversal"], back["IsReversed"]) == (posted, True, False)
        assert (first["IsReversal"], first["IsReversed"]) == (False, True)
        amount = "AmountInCompanyCodeCurrency"
        assert Decimal(back[amount]) == -Decimal(first[amount])


def test_a_recoded_voucher_is_charged_to_another_cost_centre(company: Systems) -> None:
    order, _, voucher = company.estate.hazards["recoded_cost_center"]
    wanted = next(o for o in company.estate.orders if o.number == order).lines[0].distributions[0]
    booked = company.postings(voucher)[0]
    assert booked["PurchasingDocument"] == order
    assert booked["CostCenter"] not in {
        "",
        company.estate.company.code("sap", "cost_center", wanted.cost_center),
    }


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("relieved_and_not_posted", "exported"),
        ("exported_long_ago", "exported"),
        ("posted_upstream_only", "posted"),
    ],
)
def test_what_left_purchasing_is_not_in_the_ledger(company: Systems, name: str, status: str) -> None:
    order, number = company.estate.hazards[name]
    (invoice,) = company.coupa("invoices", invoice_number=number)
    assert invoice["custom-fields"]["ledger-status"] == status
    assert invoice["exported"]
    path = "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube"
    assert company.sap(path, f"Reference3IDByBusinessPartner eq '{invoice['id']}'") == []
    assert company.sap(path, f"DocumentReferenceID eq '{number}'") == []
    assert company.sap(path, f"PurchasingDocument eq '{order}'") == []
