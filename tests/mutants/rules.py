"""Rules gone wrong: each mutant is one rule written as somebody plausibly writes it by mistake.

`old` stands exactly once in `path`; put `new` in its place and the project's own tests must notice.
"""

from dataclasses import dataclass
from typing import Final

_SEMANTICS: Final = "resolvers/semantics"
RELIEF: Final = f"{_SEMANTICS}/relief.py"
PLACING: Final = f"{_SEMANTICS}/placing.py"
MATCHING: Final = f"{_SEMANTICS}/matching.py"
VOUCHERS: Final = f"{_SEMANTICS}/vouchers.py"
CONCERN: Final = f"{_SEMANTICS}/concern.py"
INFLIGHT: Final = f"{_SEMANTICS}/inflight.py"
REQUISITIONS: Final = f"{_SEMANTICS}/requisitions.py"
AGREEMENTS: Final = f"{_SEMANTICS}/agreements.py"
CONSUMPTION: Final = "resolvers/plan/consumption.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """`tests` are the folders or files that have to catch it."""

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...] = ("tests/semantics",)


MUTANTS: Final = (
    Mutant(
        "min where max is meant: a partial match releases the whole line",
        RELIEF,
        'pl.col("_q") - pl.max_horizontal("_r", "_i")',
        'pl.col("_q") - pl.min_horizontal("_r", "_i")',
    ),
    Mutant(
        "an over-delivered line commits less than nothing",
        RELIEF,
        '.otherwise(pl.max_horizontal(pl.col("_q") - pl.max_horizontal("_r", "_i"), ZERO))',
        '.otherwise(pl.col("_q") - pl.max_horizontal("_r", "_i"))',
    ),
    Mutant(
        "what is received stays owed after it was invoiced",
        RELIEF,
        '_owed=pl.max_horizontal(pl.col("_r") - pl.col("_i"), ZERO)',
        '_owed=pl.max_horizontal(pl.col("_r"), ZERO)',
    ),
    Mutant(
        "receipts count where none are required",
        RELIEF,
        "delivered = pl.when(needs).then(receipt).fill_null(ZERO)",
        "delivered = receipt.fill_null(ZERO)",
    ),
    Mutant(
        "receipts that the ledger books are counted beside it",
        RELIEF,
        '.then(pl.col("_owed"))\n            .when(needs)',
        ".then(ZERO)\n            .when(needs)",
    ),
    Mutant(
        "relief at the rate of the bill's day leaves a residue",
        RELIEF,
        'pl.when(pl.col("currency") == pl.col("_po_currency")).then(pl.col("_at")).otherwise(pl.col("rate"))',
        'pl.col("rate")',
    ),
    Mutant(
        "final close ignored",
        RELIEF,
        'DEAD: Final = ("CANCELLED", "CLOSED", "FINALLY_CLOSED")',
        'DEAD: Final = ("CANCELLED", "CLOSED")',
    ),
    Mutant(
        "final match ignored",
        RELIEF,
        '_dead=pl.col("_dead") | pl.col("_final").fill_null(value=False)',
        '_dead=pl.col("_dead")',
    ),
    Mutant(
        "closing forgets goods that were delivered and not billed",
        RELIEF,
        '_owed=pl.max_horizontal(pl.col("_r") - pl.col("_i"), ZERO)',
        '_owed=pl.when("_dead").then(ZERO).otherwise(pl.max_horizontal(pl.col("_r") - pl.col("_i"), ZERO))',
    ),
    Mutant(
        "a price-only credit re-opens the order",
        RELIEF,
        "pl.when(is_credit()).then(ZERO), by_amount",
        "by_amount",
    ),
    Mutant(
        "cancelled quantity still committed",
        RELIEF,
        'ordered = pl.col("_ordered").fill_null(ZERO) - pl.col("cancelled_quantity").fill_null(ZERO)',
        'ordered = pl.col("_ordered").fill_null(ZERO)',
    ),
    Mutant(
        "non-recoverable tax left out",
        RELIEF,
        '_gross=ONE + pl.col("tax_rate").fill_null(ZERO)',
        "_gross=ONE",
    ),
    Mutant(
        "drafts and pending orders committed",
        RELIEF,
        'NOTHING_YET: Final = ("DRAFT", "PENDING")',
        "NOTHING_YET: Final[tuple[str, ...]] = ()",
    ),
    Mutant(
        "discounts not mirrored",
        RELIEF,
        ".then(-ONE).otherwise(ONE))\n    )",
        ".then(ONE).otherwise(ONE))\n    )",
    ),
    Mutant(
        "accruals counted beside receipts",
        RELIEF,
        '.then(pl.min_horizontal("_owed", "_a"))',
        ".then(ZERO)",
    ),
    Mutant(
        "a named distribution relieved pro rata",
        RELIEF,
        "share = pl.when(meant).then(ONE).when(met).then(ZERO).otherwise",
        "share = pl.when(met & ~met).then(ONE).otherwise",
    ),
    Mutant(
        "a missing rate read as one",
        PLACING,
        'return pl.when(pl.col("_priced") | (length == 0)).then(amount)',
        "return amount",
    ),
    Mutant(
        "the whole order in the year it was placed",
        PLACING,
        'period=pl.coalesce("_period", "period")',
        'period=pl.col("period")',
    ),
    Mutant(
        "the newest phase relieved first",
        PLACING,
        '.sort(*_KEY, "own_period")',
        '.sort(*_KEY, "own_period", descending=True)',
    ),
    Mutant(
        "a posted invoice still in flight",
        CONSUMPTION,
        "elsewhere = pl.concat([chain.ledger.posted, chain.ledger.reversed])",
        "elsewhere = chain.ledger.reversed",
    ),
    Mutant(
        "a reversed invoice still relieves its order",
        CONSUMPTION,
        'invoices.join(ledger.reversed, on=_INVOICE, how="anti")\n        .join(',
        "invoices.join(",
    ),
    Mutant(
        "an invoice nobody approved counts",
        CONSUMPTION,
        '.filter(pl.col("status").is_in(APPROVED) | pl.col("_in_ledger"))',
        '.filter(pl.col("status").is_not_null())',
    ),
    Mutant(
        "opposite amounts are not taken for a reversal",
        VOUCHERS,
        'void=pl.col("_void") | _paired(whole)',
        'void=pl.col("_void")',
    ),
    Mutant(
        "an accrual's reversal kept out",
        VOUCHERS,
        "journal.filter(is_posted() & accrual & named & ~outside)",
        'journal.filter(is_posted() & accrual & named & ~outside & (pl.col("amount") > 0))',
    ),
    Mutant(
        "supplier numbers compared as they are typed",
        VOUCHERS,
        'return number.str.to_uppercase().str.replace_all(r"[^\\p{L}\\p{N}]", "").str.strip_chars_start("0")',
        "return number",
    ),
    Mutant(
        "a receipt's posting taken for an invoice",
        VOUCHERS,
        '~pl.col("origin").fill_null("").is_in([GRNI, ACCRUAL])',
        '~pl.col("origin").fill_null("").is_in([ACCRUAL])',
    ),
    Mutant(
        "a voucher without an id never matched by order line and amount",
        MATCHING,
        ".filter(~elsewhere & (near | all_of_it))",
        ".filter(near & ~near)",
    ),
    Mutant(
        "a duplicate relieves the order again",
        MATCHING,
        'left = rest.filter(~pl.col("_voucher").is_in(by_number["_voucher"].implode())).drop("_voucher")',
        'left = whole.drop("_voucher")',
    ),
    Mutant(
        "a voucher that comes last concerns no order it names",
        CONCERN,
        '_says("order", pl.col("ref_po"))',
        '_says("other", pl.col("ref_po"))',
    ),
    Mutant(
        "what comes last is not looked at again",
        "resolvers/plan/compute.py",
        "None if early.words is None or concerned(fresh, early.words) else early.staged",
        "early.staged",
        ("tests/plan/test_early.py",),
    ),
    Mutant(
        "any further voucher taken for a duplicate",
        MATCHING,
        'known.filter(~split & ((pl.col("amount") - pl.col("value")).abs() <= near))',
        "known.filter(~split)",
    ),
    Mutant(
        "the newest invoice covered first",
        INFLIGHT,
        '.sort("approved_on", "date", "id", "line", nulls_last=True)',
        '.sort("approved_on", "date", "id", "line", nulls_last=True, descending=True)',
    ),
    Mutant(
        "a credit adds to what is in flight",
        INFLIGHT,
        "direction = pl.when(is_credit()).then(-ONE).otherwise(ONE)",
        "direction = ONE",
    ),
    Mutant(
        "a cancelled order keeps the demand",
        REQUISITIONS,
        'TAKES_NOTHING: Final = (*NOTHING_YET, "CANCELLED")',
        "TAKES_NOTHING: Final = NOTHING_YET",
    ),
    Mutant(
        "a requisition over-ordered goes below nothing",
        REQUISITIONS,
        'open_quantity = pl.max_horizontal(pl.col("quantity") - pl.col("_taken").fill_null(ZERO), ZERO)',
        'open_quantity = pl.col("quantity") - pl.col("_taken").fill_null(ZERO)',
    ),
    Mutant(
        "a blanket agreement commits its limit beside its releases",
        AGREEMENTS,
        'rest = pl.col("_limit") - ',
        'rest = pl.col("_limit") - ZERO * ',
    ),
    Mutant(
        "a subscription committed past its termination",
        AGREEMENTS,
        "return rows.filter(pl.Series(kept, dtype=pl.Boolean))",
        "return rows",
    ),
    Mutant(
        "what is amortised already counted as prepaid",
        AGREEMENTS,
        "return rows.filter(pl.Series(ahead, dtype=pl.Boolean)).with_columns(amount=amount)",
        "return rows.with_columns(amount=amount)",
    ),
    Mutant(
        "the closing journal erases the year",
        f"{_SEMANTICS}/parts.py",
        "frame.filter(posted & ~closing)",
        "frame.filter(posted)",
        ("tests/semantics", "tests/golden/test_golden.py"),
    ),
    Mutant(
        "drafts counted as budget",
        f"{_SEMANTICS}/parts.py",
        "frame.filter(approved & kinds",
        "frame.filter(kinds",
        ("tests/semantics", "tests/golden/test_golden.py"),
    ),
    Mutant(
        "cents lost in a split",
        f"{_SEMANTICS}/rounding.py",
        'extra = pl.when(rank.over(keys) < pl.col("_left")).then(ONE).otherwise(ZERO)',
        "extra = ZERO",
    ),
    Mutant(
        "half a cent rounded to even",
        f"{_SEMANTICS}/rounding.py",
        'result = amount.round(2, mode="half_away_from_zero")',
        'result = amount.round(2, mode="half_to_even")',
    ),
    Mutant(
        "a receipt that comes on two pages received twice",
        "resolvers/plan/normal.py",
        'return frame.filter(pl.col("id").is_null() | pl.struct(pl.all()).is_first_distinct())',
        "return frame",
        ("tests/plan/test_once.py",),
    ),
    Mutant(
        "a node's budget summed with its children's",
        f"{_SEMANTICS}/control.py",
        "counted[steps] = found[cell] = -sum(inside)",
        "counted[steps] = found[cell] = 0 * sum(inside)",
        ("tests/plan/test_node_budgets.py",),
    ),
    Mutant(
        "what overlapping nodes have in common is taken off twice",
        f"{_SEMANTICS}/control.py",
        "counted[steps] = found[cell] = -sum(inside)",
        "counted[steps] = found[cell] = -1 + 0 * sum(inside)",
        ("tests/plan/test_node_budgets.py",),
    ),
    Mutant(
        "the tree of a period's first day",
        f"{_SEMANTICS}/hierarchy.py",
        "bisect_right(days, period.end)",
        "bisect_right(days, period.start)",
    ),
    Mutant(
        "restated in the trees of each period",
        f"{_SEMANTICS}/hierarchy.py",
        "if view is HierarchyView.RESTATED:",
        "if view is HierarchyView.RESTATED and not hierarchy.edges:",
    ),
    Mutant(
        "actuals at the closing rate",
        f"{_SEMANTICS}/rates.py",
        "Stage.LEDGER: RateType.AVERAGE",
        "Stage.LEDGER: RateType.CLOSING",
    ),
    Mutant(
        "a missing rate is one",
        f"{_SEMANTICS}/translation.py",
        'pl.when(pl.col("currency") == to).then(ONE).otherwise(pl.col("_rate"))',
        'pl.when(pl.col("currency") == to).then(ONE).otherwise(pl.col("_rate").fill_null(ONE))',
    ),
    Mutant(
        "revenue in the sign of spend",
        f"{_SEMANTICS}/variance.py",
        "pl.when(pl.col(REVENUE)).then(over)",
        "pl.when(pl.col(REVENUE)).then(-over)",
    ),
    Mutant(
        "the larger amount taken off between entities",
        f"{_SEMANTICS}/elimination.py",
        "pl.min_horizontal(spent.abs(), earned.abs())",
        "pl.max_horizontal(spent.abs(), earned.abs())",
    ),
)
