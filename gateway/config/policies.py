"""How legal entities keep their books, where books differ."""

from collections.abc import Mapping
from typing import Final

from gateway.config.base import Section
from gateway.config.scalars import Flag
from resolvers.semantics.model import Policy

DEFAULT: Final = "default"
"""The key that stands for every entity without one of its own."""


class PolicySection(Section):
    """The policy of one legal entity, or of all others under `default`."""

    grni_in_ledger: Flag = False
    """Receipts are posted when goods arrive (goods received, invoice not received), so the ledger already
    holds what is received: it is not counted again, and an invoice in flight counts only what it adds."""


def policy(sections: Mapping[str, PolicySection], entity: str) -> Policy:
    """The entity's own policy, else the default one."""
    section = sections.get(entity, sections.get(DEFAULT, PolicySection()))
    return Policy(grni_in_ledger=section.grni_in_ledger)
