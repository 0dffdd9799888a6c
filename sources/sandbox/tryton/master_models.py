"""The models of master data."""

from collections.abc import Iterator

from sources.sandbox.tryton.masters import Masters
from sources.sandbox.tryton.model import (
    Model,
    always,
    boolean,
    char,
    day,
    integer,
    many2one,
    model,
    numeric,
    one2many,
    selection,
)


def models(masters: Masters) -> Iterator[Model]:
    """Of the company, its parties, currencies and products, and of its calendar and charts."""
    yield from _company(masters)
    yield from _calendar(masters)
    yield from _charts(masters)


def _company(masters: Masters) -> Iterator[Model]:
    yield model(
        "party.party",
        masters.parties,
        char("name", lambda p: p.name),
        char("code", lambda p: p.code),
        char("rec_name", lambda p: p.name),
        boolean("active", always(True)),
    )
    yield model(
        "currency.currency",
        [*masters.currencies.values()],
        char("name", lambda c: c.code),
        char("code", lambda c: c.code),
        char("rec_name", lambda c: c.code),
        integer("digits", lambda c: c.digits),
        boolean("active", always(True)),
    )
    yield model(
        "company.company",
        [masters.company],
        many2one("party", "party.party", lambda c: c.party),
        many2one("currency", "currency.currency", lambda c: c.currency),
        char("rec_name", lambda c: c.party.name),
    )
    yield model(
        "product.category",
        [*masters.categories.values()],
        char("name", lambda c: c.name),
        char("rec_name", lambda c: c.name),
        boolean("accounting", always(True)),
        many2one("account_expense", "account.account", lambda c: c.expense, stored=False),
        many2one("parent", "product.category", always(None)),
    )
    yield model(
        "product.product",
        [*masters.products.values()],
        char("name", lambda p: p.name),
        char("rec_name", lambda p: p.name),
        selection("type", ("goods", "assets", "service"), always("service")),
        many2one("account_category", "product.category", lambda p: p.category),
        boolean("active", always(True)),
    )


def _calendar(masters: Masters) -> Iterator[Model]:
    states = ("open", "closed", "locked")
    yield model(
        "account.fiscalyear",
        [*masters.years.values()],
        char("name", lambda y: y.name),
        char("rec_name", lambda y: y.name),
        day("start_date", lambda y: y.start),
        day("end_date", lambda y: y.end),
        selection("state", states, always("open")),
        many2one("company", "company.company", lambda _: masters.company),
        order=(("start_date", True),),
    )
    yield model(
        "account.period",
        [*masters.periods.values()],
        char("name", lambda p: p.name),
        char("rec_name", lambda p: p.name),
        day("start_date", lambda p: p.start),
        day("end_date", lambda p: p.end),
        selection("type", ("standard", "adjustment"), lambda p: p.type),
        selection("state", states, always("open")),
        many2one("fiscalyear", "account.fiscalyear", lambda p: p.year),
        many2one("company", "company.company", lambda _: masters.company, sortable=False),
        order=(("start_date", True),),
    )
    yield model(
        "account.journal",
        [*masters.journals.values()],
        char("name", lambda j: j.name),
        char("code", lambda j: j.code),
        char("rec_name", lambda j: j.name),
        selection(
            "type", ("general", "revenue", "expense", "cash", "situation", "write-off"), lambda j: j.type
        ),
        boolean("active", always(True)),
        order=(("name", False),),
    )


def _charts(masters: Masters) -> Iterator[Model]:
    yield model(
        "account.account.type",
        [*masters.types.values()],
        char("name", lambda t: t.name),
        char("rec_name", lambda t: t.name),
        selection("statement", ("balance", "income", "off-balance"), lambda t: t.statement),
        boolean("expense", lambda t: t.kind == "EXPENSE"),
        boolean("revenue", lambda t: t.kind == "REVENUE"),
        boolean("assets", lambda t: t.kind == "CAPEX"),
        many2one("company", "company.company", lambda _: masters.company),
    )
    yield model(
        "account.account",
        [*masters.accounts.values()],
        char("code", lambda a: a.code),
        char("name", lambda a: a.name),
        char("rec_name", lambda a: f"{a.code} - {a.name}"),
        many2one("type", "account.account.type", lambda a: a.type),
        boolean("party_required", lambda a: a.payable),
        boolean("closed", always(False)),
        many2one("company", "company.company", lambda _: masters.company),
        order=(("code", False), ("name", False)),
    )
    yield model(
        "analytic_account.account",
        [*masters.analytic.values()],
        char("code", lambda a: a.code),
        char("name", lambda a: a.name),
        char("rec_name", lambda a: f"{a.code} - {a.name}"),
        selection("type", ("root", "view", "normal", "distribution"), lambda a: a.type),
        selection("state", ("draft", "opened", "closed"), always("opened")),
        many2one("root", "analytic_account.account", lambda a: a.root),
        many2one("parent", "analytic_account.account", lambda a: a.parent),
        one2many("distributions", "analytic_account.account.distribution", lambda _: []),
        boolean("active", always(True)),
        many2one("company", "company.company", lambda _: masters.company),
        order=(("code", False), ("name", False)),
    )
    yield model(
        "analytic_account.account.distribution",
        [],  # the company has no accounts of type distribution: every line is charged to one cost centre
        many2one("parent", "analytic_account.account", lambda d: d.parent),
        many2one("account", "analytic_account.account", lambda d: d.account),
        numeric("ratio", lambda d: d.ratio),
    )
