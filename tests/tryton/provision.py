"""Fill an activated, empty Tryton database with one company's history, over its JSON-RPC API only."""

from random import Random

from tests.tryton import billing, trade
from tests.tryton.books import CLOSED_CENTER, open_books
from tests.tryton.rpc import Client

SEED = 20260101
PAID = 4
CREDITED = 4
TAKEN_BACK = 3
CLOSED_SHORT = 4


def provision(client: Client) -> None:
    """An accounting year with documents in every state, always the same. It takes about a minute."""
    chance = Random(SEED)
    books = open_books(client)
    market = trade.open_market(client, books)
    trade.decide(client, trade.buy(client, books, market, chance))
    billing.invoice(client, chance)
    billing.pay(client, books, PAID)
    billing.credit(client, CREDITED)
    billing.take_back(client, TAKEN_BACK)
    billing.close_short(client, CLOSED_SHORT)
    billing.bills_without_order(client, books, market, chance)
    billing.payroll(client, books, chance)
    billing.close_year(client, books)
    client.model("analytic_account.account", "write", [books.analytic[CLOSED_CENTER]], {"active": False})
