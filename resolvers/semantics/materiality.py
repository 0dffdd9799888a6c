"""Materiality: how large an unexplained difference may be before somebody has to look at it.

Rules name any of a tier, an account, an account class and a legal entity; the most specific one that fits
holds: a tier weighs more than an account, an account more than its class, a class more than an entity. A tier
is a name for how strict one is (month end, audit): its rules hold only where it is asked for.

    legal entity  account  tier   absolute  percent
    –             –        –           100      0.1    everything else
    US01          –        –           500      0.5    US01, whatever the account
    US01          6100     –            50      –      US01's 6100
    –             –        AUDIT        10      –      whatever it is, where AUDIT is asked for
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from resolvers.semantics.dimensions import AccountClass


@dataclass(frozen=True, slots=True)
class Materiality:
    """The larger of `absolute`, in the ledger currency, and `percent` of the right side holds. `tier` is the
    one whose rule it is."""

    absolute: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class MaterialityRule:
    """A materiality, and what it is for; None: whatever it is."""

    materiality: Materiality
    legal_entity: str | None = None
    account: str | None = None
    account_class: AccountClass | None = None

    @property
    def key(self) -> "tuple[str | None, str | None, AccountClass | None, str | None]":
        """What it is for, the most specific first."""
        return self.materiality.tier, self.account, self.account_class, self.legal_entity


def material(
    rules: Iterable[MaterialityRule],
    legal_entity: str,
    account: str | None = None,
    account_class: AccountClass | None = None,
    tier: str | None = None,
) -> Materiality:
    """What holds for an account of a legal entity; nothing is tolerated where no rule fits."""
    asked = (tier, account, account_class, legal_entity)
    fitting = [
        rule
        for rule in rules
        if all(own is None or own == given for own, given in zip(rule.key, asked, strict=True))
    ]
    best = max(fitting, key=lambda rule: [part is not None for part in rule.key], default=None)
    return Materiality() if best is None else best.materiality
