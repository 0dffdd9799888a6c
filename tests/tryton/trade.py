"""A year of buying: purchases in every state, their invoices whole and in part, credits, payroll, closing.

Everything is drawn from one seed; the shape of a document depends on its place in the year only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.tryton.books import COST_CENTERS, SHARED, Books
from tests.tryton.rpc import Client, Row

PURCHASES = 212
SUPPLIERS = 24
TAXED = "Software licence"
_PRODUCTS = {
    "Consulting hour": ("Hour", "5.1.3", "95.50"),
    "Software licence": ("Unit", "5.1.1", "42.00"),
    "Meeting room": ("Unit", "5.2.1", "185.00"),
    "Translation page": ("Unit", "5.1.3", "0.0825"),
    "Cleaning hour": ("Hour", "5.2.1", "27.15"),
}


@dataclass(frozen=True, slots=True)
class Product:
    id: int
    unit: int
    price: Decimal
    fractional: bool
    taxes: list[int]


@dataclass(slots=True)
class Market:
    """What there is to buy, and from whom (party id, address id)."""

    products: list[Product]
    suppliers: list[tuple[int, int]]
    term: int


def open_market(client: Client, books: Books) -> Market:
    units = {row["name"]: row["id"] for row in client.search("product.uom", [], "name")}
    (tax,) = client.create(
        "account.tax",
        {
            "name": "VAT",
            "description": "VAT 20 %",
            "type": "percentage",
            "rate": Decimal("0.20"),
            "company": books.company,
            "invoice_account": books.accounts["2.2.3"],
            "credit_note_account": books.accounts["2.2.3"],
        },
    )
    (term,) = client.create(
        "account.invoice.payment_term", {"name": "At once", "lines": [("create", [{"type": "remainder"}])]}
    )
    products = [
        _product(client, books, units[unit], name, account, Decimal(price), [tax] if name == TAXED else [])
        for name, (unit, account, price) in _PRODUCTS.items()
    ]
    parties = client.create(
        "party.party",
        *(
            {"name": f"Supplier {number:02d}", "code": f"S{number:03d}", "addresses": [("create", [{}])]}
            for number in range(1, SUPPLIERS + 1)
        ),
    )
    addresses = {
        row["party"]: row["id"] for row in client.search("party.address", [("party", "in", parties)], "party")
    }
    return Market(products, [(party, addresses[party]) for party in parties], term)


def _product(
    client: Client, books: Books, unit: int, name: str, account: str, price: Decimal, taxes: list[int]
) -> Product:
    category: Row = {"name": name, "accounting": True, "account_expense": books.accounts[account]}
    (category_id,) = client.create("product.category", {**category, "supplier_taxes": [("add", taxes)]})
    (template,) = client.create(
        "product.template",
        {
            "name": name,
            "type": "service",
            "default_uom": unit,
            "purchasable": True,
            "purchase_uom": unit,
            "account_category": category_id,
            "products": [("create", [{}])],
        },
    )
    product = client.one("product.product", [("template", "=", template)])["id"]
    return Product(product, unit, price, name.endswith("hour"), taxes)


def buy(client: Client, books: Books, market: Market, chance: Random) -> list[int]:
    """Draft purchases, oldest first, the first of them in the previous year."""
    start = date(2025, 11, 3)
    return client.create(
        "purchase.purchase",
        *(
            _purchase(books, market, chance, start + timedelta(days=number * 395 // PURCHASES), number)
            for number in range(PURCHASES)
        ),
    )


def _purchase(books: Books, market: Market, chance: Random, on: date, number: int) -> Row:
    party, address = chance.choice(market.suppliers)
    lines = [_line(books, market, chance) for _ in range(1 + number % 2)]
    if number % 10 == 0:
        lines.append({"type": "comment", "description": "Deliver to the front desk"})
    return {
        "company": books.company,
        "party": party,
        "invoice_address": address,
        "payment_term": market.term,
        "purchase_date": on,
        "invoice_method": "manual" if number % 9 == 0 else "order",
        "reference": f"REQ-{number:04d}",
        "lines": [("create", lines)],
    }


def _line(books: Books, market: Market, chance: Random) -> Row:
    product = chance.choice(market.products)
    quantity = chance.randint(1, 30)
    price = (product.price * chance.randint(80, 130) / 100).quantize(Decimal("0.0001"))
    center = chance.choice([*COST_CENTERS, *SHARED])
    project = books.analytic[chance.choice(("PJ-1", "PJ-2", "PJ-3"))] if chance.random() < 0.5 else None
    entries = [
        {"root": books.roots["CC"], "account": books.analytic[center]},
        {"root": books.roots["PJ"], "account": project},
    ]
    line: Row = {
        "type": "line",
        "quantity": quantity + 0.25 if product.fractional and quantity % 3 == 0 else float(quantity),
        "unit_price": price,
        "description": f"For {center}",
        "analytic_accounts": [("create", entries)],
    }
    if chance.random() < 0.9:
        line |= {"product": product.id, "unit": product.unit, "taxes": [("add", product.taxes)]}
    return line


def decide(client: Client, purchases: list[int]) -> None:
    """Of every 23 purchases one stays a draft, one a quotation, one is cancelled; the rest are ordered."""
    model = "purchase.purchase"
    kinds = {5: "draft", 11: "quotation", 17: "cancelled"}
    by_kind: dict[str, list[int]] = {"draft": [], "quotation": [], "cancelled": [], "ordered": []}
    for number, purchase in enumerate(purchases):
        by_kind[kinds.get(number % 23, "ordered")].append(purchase)
    quoted = by_kind["quotation"] + by_kind["cancelled"][::2] + by_kind["ordered"]
    client.model(model, "quote", sorted(quoted))
    client.model(model, "cancel", by_kind["cancelled"])
    client.model(model, "confirm", by_kind["ordered"])
