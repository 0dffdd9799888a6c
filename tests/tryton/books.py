"""The company's books: chart of accounts, fiscal years, cost centres, projects, budgets, the reading user."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.tryton.rpc import Client, Row

YEARS = (2025, 2026)
COST_CENTERS = {
    "CC-110": ("Consulting", "OPS"),
    "CC-120": ("Field service", "OPS"),
    "CC-130": ("Support", "OPS"),
    "CC-140": ("Training", "OPS"),
    "CC-210": ("Finance", "ADM"),
    "CC-220": ("People", "ADM"),
    "CC-230": ("Information technology", "ADM"),
    "CC-240": ("Facilities", "ADM"),
}
GROUPS = {"OPS": "Operations", "ADM": "Administration"}
SHARED = {
    "SH-IT": {"CC-110": "0.6", "CC-230": "0.4"},
    "SH-RENT": {"CC-120": "0.3333", "CC-210": "0.3333", "CC-240": "0.3334"},
}
CLOSED_CENTER = "CC-140"
"""Switched off after the postings: a cost centre that is no longer active still has its figures."""
BUDGETS = dict(zip(COST_CENTERS, (96000, 84000, 42000, 18500, 30250, 27400, 61000, 55999), strict=True))
EXPENSES = {"5.1.1": 90000, "5.1.3": 180000, "5.2.1": 120000}
READER = ("threefold", "read-only-please")
# The list of docs/tryton.md: what the connector reads that Tryton does not show to everybody.
_READABLE = (
    "account.account",
    "account.invoice",
    "account.invoice.line",
    "account.journal",
    "account.move",
    "account.move.line",
    "analytic_account.budget",
    "analytic_account.budget.line",
    "analytic_account.line",
    "party.party",
    "purchase.line",
    "purchase.purchase",
)


@dataclass(frozen=True, slots=True)
class Books:
    """Ids of what trading needs. `accounts` and `analytic` are by code."""

    company: int
    accounts: dict[str, int]
    analytic: dict[str, int]
    roots: dict[str, int]
    periods: dict[str, int]


def open_books(client: Client) -> Books:
    _every_right(client)
    company = _company(client)
    client.context = {"company": company, "companies": [company]}
    accounts = _chart(client, company)
    periods = {key: value for year in YEARS for key, value in _fiscal_year(client, company, year).items()}
    roots, analytic = _analytic(client)
    books = Books(company, accounts, analytic, roots, periods)
    _cost_center_budget(client, books)
    _account_budget(client, books)
    _reader(client, company)
    return books


def _every_right(client: Client) -> None:
    """The administrator of a new database belongs to no group and so may not keep its books."""
    groups = [row["id"] for row in client.search("res.group", [])]
    user = client.one("res.user", [("login", "=", "admin")])["id"]
    client.model("res.user", "write", [user], {"groups": [("add", groups)]})


def _company(client: Client) -> int:
    (euro,) = client.create(
        "currency.currency",
        {
            "name": "Euro",
            "code": "EUR",
            "symbol": "€",
            "rounding": Decimal("0.01"),
            "rates": [("create", [{"date": date(2020, 1, 1), "rate": Decimal(1)}])],
        },
    )
    (party,) = client.create("party.party", {"name": "Harbour Services", "addresses": [("create", [{}])]})
    form = {"company": {"party": party, "currency": euro}}
    client.wizard("company.company.config", ("company", {}), ("add", form))
    row = client.one("company.company", [])
    return int(row["id"])


def _chart(client: Client, company: int) -> dict[str, int]:
    template = client.one("account.account.template", [("parent", "=", None)])["id"]
    chart = {"account": {"company": company, "account_template": template}}
    client.wizard("account.create_chart", ("account", {}), ("create_account", chart))
    accounts = {row["code"]: row["id"] for row in client.search("account.account", [], "code") if row["code"]}
    configuration = {
        "default_account_receivable": accounts["1.2.1"],
        "default_account_payable": accounts["2.1.1"],
        "default_category_account_expense": accounts["5.1.3"],
    }
    client.model("account.configuration", "write", [1], configuration)
    return accounts


def _fiscal_year(client: Client, company: int, year: int) -> dict[str, int]:
    kinds = {row["name"]: row["id"] for row in client.search("ir.sequence.type", [], "name")}
    moves, invoices = client.create(
        "ir.sequence.strict",
        {
            "name": f"Move {year}",
            "sequence_type": kinds["Account Move"],
            "company": company,
            "prefix": f"M{year}/",
        },
        {
            "name": f"Invoice {year}",
            "sequence_type": kinds["Invoice"],
            "company": company,
            "prefix": f"R{year}/",
        },
    )
    slots = (
        "in_invoice_sequence",
        "in_credit_note_sequence",
        "out_invoice_sequence",
        "out_credit_note_sequence",
    )
    (fiscal_year,) = client.create(
        "account.fiscalyear",
        {
            "name": str(year),
            "start_date": date(year, 1, 1),
            "end_date": date(year, 12, 31),
            "company": company,
            "move_sequence": moves,
            "invoice_sequences": [("create", [{**dict.fromkeys(slots, invoices), "company": company}])],
        },
    )
    client.model("account.fiscalyear", "create_period", [fiscal_year])
    client.create(
        "account.period",
        {
            "name": f"{year} closing",
            "start_date": date(year, 12, 31),
            "end_date": date(year, 12, 31),
            "fiscalyear": fiscal_year,
            "type": "adjustment",
        },
    )
    periods = client.search("account.period", [("fiscalyear", "=", fiscal_year)], "start_date", "type")
    return {
        f"{year}-C" if row["type"] == "adjustment" else f"{year}-{row['start_date'].month:02d}": row["id"]
        for row in periods
    }


def _analytic(client: Client) -> tuple[dict[str, int], dict[str, int]]:
    """Two plans, cost centres and projects: every line carries one entry of each."""
    model = "analytic_account.account"
    plans = ({"code": "CC", "name": "Cost centres"}, {"code": "PJ", "name": "Projects"})
    made = client.create(model, *({"type": "root", "state": "opened", **plan} for plan in plans))
    roots = dict(zip(("CC", "PJ"), made, strict=True))

    def add(plan: str, parent: int, code: str, name: str, **values: object) -> int:
        shared = {"root": roots[plan], "parent": parent, "code": code, "name": name, "state": "opened"}
        return client.create(model, {"type": "normal", **shared, **values})[0]

    groups = {
        code: add("CC", roots["CC"], code, name, type="view")
        for code, name in (("OPS", "Operations"), ("ADM", "Administration"))
    }
    analytic = {code: add("CC", groups[group], code, name) for code, (name, group) in COST_CENTERS.items()}
    analytic |= {code: add("PJ", roots["PJ"], code, f"Project {code}") for code in ("PJ-1", "PJ-2", "PJ-3")}
    for code, shares in SHARED.items():
        ratios = [{"account": analytic[center], "ratio": Decimal(share)} for center, share in shares.items()]
        analytic[code] = add(
            "CC", roots["CC"], code, f"Shared {code}", type="distribution", distributions=[("create", ratios)]
        )
    return roots, analytic | groups


def _cost_center_budget(client: Client, books: Books) -> None:
    """The analytic budget is annual; expense is negative (credit − debit). A group line has no amount."""
    year = YEARS[-1]
    span = {"start_date": date(year, 1, 1), "end_date": date(year, 12, 31), "company": books.company}
    (budget, projects) = client.create(
        "analytic_account.budget",
        {"name": f"Budget {year}", "root": books.roots["CC"], **span},
        {"name": f"Projects {year}", "root": books.roots["PJ"], **span},
    )
    model = "analytic_account.budget.line"
    groups = dict(
        zip(
            ("OPS", "ADM"),
            client.create(
                model, *({"budget": budget, "name": name} for name in ("Operations", "Administration"))
            ),
            strict=True,
        )
    )
    for code, (_, group) in COST_CENTERS.items():
        client.create(
            model,
            {
                "budget": budget,
                "parent": groups[group],
                "account": books.analytic[code],
                "amount": -Decimal(BUDGETS[code]),
            },
        )
    client.create(model, {"budget": projects, "account": books.analytic["PJ-1"], "amount": Decimal(-50000)})


def _account_budget(client: Client, books: Books) -> None:
    """The account budget: annual amounts with twelve period shares."""
    fiscal_year = client.one("account.fiscalyear", [("name", "=", str(YEARS[-1]))])["id"]
    (budget,) = client.create(
        "account.budget",
        {"name": f"Accounts {YEARS[-1]}", "fiscalyear": fiscal_year, "company": books.company},
    )
    lines = client.create(
        "account.budget.line",
        *(
            {"budget": budget, "account": books.accounts[code], "amount": -Decimal(value)}
            for code, value in EXPENSES.items()
        ),
    )
    months = [
        id_
        for name, id_ in books.periods.items()
        if name.startswith(str(YEARS[-1])) and not name.endswith("C")
    ]
    for line in lines:
        client.create(
            "account.budget.line.period",
            *({"budget_line": line, "period": month, "ratio": Decimal("0.0833")} for month in months),
        )


def _reader(client: Client, company: int) -> None:
    """A user who can read what the connector reads, and write nothing."""
    access: list[Row] = [
        {"model": model, "perm_read": True, "perm_write": False, "perm_create": False, "perm_delete": False}
        for model in _READABLE
    ]
    (group,) = client.create("res.group", {"name": "Threefold reader", "model_access": [("create", access)]})
    login, password = READER
    client.create(
        "res.user",
        {
            "name": "Threefold",
            "login": login,
            "password": password,
            "groups": [("add", [group])],
            "companies": [("add", [company])],
            "company": company,
        },
    )
