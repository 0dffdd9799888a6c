"""What becomes of the purchases: invoices whole, in part, waiting, paid and credited; and the bare ledger."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.tryton.books import COST_CENTERS, YEARS, Books
from tests.tryton.rpc import Client, Row
from tests.tryton.trade import Market

Writes = list[tuple[int, Row]]


def invoice(client: Client, chance: Random) -> None:
    """Of the draft invoices Tryton made from the purchases, in order: four of eight are posted whole, one
    in part (Tryton then drafts another for the rest), three wait. Those of the previous year that wait are
    validated: their moves exist, unposted."""
    drafts = client.search(
        "account.invoice",
        [("state", "=", "draft")],
        "lines.quantity",
        "lines.origin",
        order=[("id", "ASC")],
    )
    dates = _purchase_dates(client)
    writes: Writes = []
    post: list[int] = []
    validate: list[int] = []
    for place, draft in enumerate(drafts):
        bought = dates[draft["lines."][0]["origin"]]
        billed = bought + timedelta(days=chance.randint(4, 30))
        values: Row = {"invoice_date": billed, "reference": f"SUP/{place:04d}-{billed.year}"}
        if place % 8 < 5:
            post.append(draft["id"])
            if place % 8 == 4:
                values["lines"] = [
                    ("write", [line["id"]], {"quantity": _part(line)}) for line in draft["lines."]
                ]
            writes.append((draft["id"], values))
        elif billed.year == YEARS[0]:
            validate.append(draft["id"])
            writes.append((draft["id"], values))
    _write(client, writes)
    for start in range(0, len(post), 25):
        client.model("account.invoice", "post", post[start : start + 25])
    client.model("account.invoice", "validate_invoice", validate)


def _purchase_dates(client: Client) -> dict[str, date]:
    rows = client.search("purchase.line", [], "purchase.purchase_date")
    return {f"purchase.line,{row['id']}": row["purchase."]["purchase_date"] for row in rows}


def _part(line: Row) -> float:
    """About two fifths, at least one and never all."""
    return float(min(max(line["quantity"] * 2 // 5, 1), line["quantity"]))


def _write(client: Client, writes: Writes) -> None:
    flat = [part for id_, values in writes for part in ([id_], values)]
    client.model("account.invoice", "write", *flat)


def pay(client: Client, books: Books, count: int) -> None:
    """Pay the oldest posted invoices in full: they become paid, and their purchases done."""
    journal = client.one("account.journal", [("code", "=", "CASH")])["id"]
    cash = books.accounts["1.1.1"]
    (method,) = client.create(
        "account.invoice.payment.method",
        {
            "name": "Bank",
            "company": books.company,
            "journal": journal,
            "debit_account": cash,
            "credit_account": cash,
        },
    )
    posted = client.search(
        "account.invoice",
        [("state", "=", "posted")],
        "total_amount",
        "party",
        "currency",
        "invoice_date",
        "account",
    )
    for row in sorted(posted, key=lambda row: row["id"])[:count]:
        form = {
            "payee": row["party"],
            "payees": [row["party"]],
            "amount": row["total_amount"],
            "currency": row["currency"],
            "company": books.company,
            "invoice_account": row["account"],
            "payment_method": method,
            "date": row["invoice_date"],
        }
        record = {"active_model": "account.invoice", "active_id": row["id"], "active_ids": [row["id"]]}
        client.wizard("account.invoice.pay", ("choice", {"start": form}), **record)


def credit(client: Client, count: int) -> None:
    """Credit notes for the newest posted invoices, every second one for a part only."""
    rows = client.search(
        "account.invoice", [("state", "=", "posted")], "invoice_date", order=[("id", "DESC")]
    )
    chosen = [row["id"] for row in rows[:count]]
    form = {"start": {"with_refund": False, "with_refund_allowed": False, "invoice_date": None}}
    record = {"active_model": "account.invoice", "active_id": chosen[0], "active_ids": chosen}
    client.wizard("account.invoice.credit", ("credit", form), **record)
    notes = client.search(
        "account.invoice", [("state", "=", "draft"), ("lines.quantity", "<", 0)], "lines.quantity"
    )
    writes: Writes = []
    for place, note in enumerate(sorted(notes, key=lambda row: row["id"])):
        values: Row = {"invoice_date": date(YEARS[-1], 12, 10), "reference": f"CN-{place}"}
        if place % 2:
            values["lines"] = [("write", [line["id"]], {"quantity": -1.0}) for line in note["lines."]]
        writes.append((note["id"], values))
    _write(client, writes)
    client.model("account.invoice", "post", [id_ for id_, _ in writes])


def take_back(client: Client, count: int) -> None:
    """Cancel posted invoices: their moves are reversed and what they billed is expected again."""
    rows = client.search("account.invoice", [("state", "=", "posted")], order=[("id", "ASC")])
    client.model("account.invoice", "cancel", [row["id"] for row in rows[:count]])


def close_short(client: Client, count: int) -> None:
    """Cancel drafts that hold the rest of partly billed purchases, and ignore them: no more is expected."""
    domain = [("state", "=", "draft"), ("purchases.invoice_state", "=", "awaiting payment")]
    rows = client.search("account.invoice", domain, "purchases", order=[("id", "ASC")])[:count]
    client.model("account.invoice", "cancel", [row["id"] for row in rows])
    for row in rows:
        (purchase,) = row["purchases"]
        form = {"domain_invoices": [row["id"]], "ignore_invoices": [row["id"]], "recreate_invoices": []}
        record = {"active_model": "purchase.purchase", "active_id": purchase, "active_ids": [purchase]}
        client.wizard("purchase.handle.invoice.exception", ("handle", {"ask": form}), **record)


def bills_without_order(client: Client, books: Books, market: Market, chance: Random) -> None:
    """Utility bills typed straight into accounts payable, one a month; the last stays a draft."""
    journal = client.one("account.journal", [("code", "=", "EXP")])["id"]
    bills: list[Row] = []
    for month in range(1, 13):
        party, address = chance.choice(market.suppliers)
        entries = [
            {"root": books.roots["CC"], "account": books.analytic[chance.choice(list(COST_CENTERS))]},
            {"root": books.roots["PJ"], "account": None},
        ]
        line = {
            "type": "line",
            "account": books.accounts["5.2.1"],
            "quantity": 1.0,
            "unit_price": Decimal(chance.randint(9000, 90000)) / 100,
            "description": "Electricity",
            "analytic_accounts": [("create", entries)],
        }
        bills.append(
            {
                "type": "in",
                "company": books.company,
                "party": party,
                "invoice_address": address,
                "account": books.accounts["2.1.1"],
                "journal": journal,
                "payment_term": market.term,
                "invoice_date": date(YEARS[-1], month, 20),
                "reference": f"EL-{month:02d}",
                "lines": [("create", [line])],
            }
        )
    made = client.create("account.invoice", *bills)
    client.model("account.invoice", "post", made[:-1])


def payroll(client: Client, books: Books, chance: Random) -> None:
    """Monthly wages, split over all cost centres; two months carry a bonus that nobody assigned to one."""
    journal = client.one("account.journal", [("code", "=", "MISC")])["id"]
    moves = [
        _wages(books, journal, date(year, month, 25), chance) for year in YEARS for month in range(1, 13)
    ]
    client.model("account.move", "post", client.create("account.move", *moves))


def _wages(books: Books, journal: int, on: date, chance: Random) -> Row:
    shares = {code: Decimal(chance.randint(90000, 240000)) / 100 for code in COST_CENTERS}
    zero = Decimal(0)

    def line(account: str, amount: Decimal) -> Row:
        debit, credit = (amount, zero) if amount > 0 else (zero, -amount)
        return {"account": books.accounts[account], "debit": debit, "credit": credit}

    split = [
        {"account": books.analytic[code], "debit": share, "credit": zero, "date": on}
        for code, share in shares.items()
    ]
    wages = sum(shares.values(), zero)
    bonus = [line("5.2.2", Decimal("1500.00"))] if on.month in (6, 12) else []
    lines = [
        {**line("5.2.2", wages), "analytic_lines": [("create", split)]},
        *bonus,
        line("1.1.1", -wages - sum((row["debit"] for row in bonus), zero)),
    ]
    return {
        "company": books.company,
        "journal": journal,
        "period": books.periods[f"{on:%Y-%m}"],
        "date": on,
        "description": f"Payroll {on:%B %Y}",
        "lines": [("create", lines)],
    }


def close_year(client: Client, books: Books) -> None:
    """The year-end closing of the first year: a situation journal zeroes its income statement."""
    journals = client.search("account.journal", [("type", "=", "situation")])
    journal = (
        journals[0]["id"]
        if journals
        else client.create("account.journal", {"name": "Closing", "code": "CLO", "type": "situation"})[0]
    )
    year = client.one("account.fiscalyear", [("name", "=", str(YEARS[0]))])["id"]
    retained = books.accounts["3.2.4"]
    form = {
        "fiscalyear": year,
        "company": books.company,
        "journal": journal,
        "period": books.periods[f"{YEARS[0]}-C"],
        "credit_account": retained,
        "debit_account": retained,
    }
    client.wizard("account.fiscalyear.balance_non_deferral", ("balance", {"start": form}))
    moves = client.search("account.move", [("journal", "=", journal)])
    client.model("account.move", "post", [row["id"] for row in moves])
