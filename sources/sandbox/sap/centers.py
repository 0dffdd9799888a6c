"""Cost centres: ``API_COSTCENTER_SRV``. Time-dependent: one row per code and validity, the end in the key.

Every third cost centre was reorganised at the end of 2024, so its code has two rows: the name of the
earlier one says so, and nobody is responsible for it any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sources.sandbox.estate.documents import CostCenter
from sources.sandbox.sap.edm import EntitySet, Navigation, always, day, entity_set, text
from sources.sandbox.sap.master import CONTROLLING_AREA, ENTITIES, Master

_BEGINNING: Final = date(2020, 1, 1)
_CHANGE: Final = date(2025, 1, 1)
_DAY_BEFORE: Final = date(2024, 12, 31)
_FOREVER: Final = date(9999, 12, 31)
_EVERY: Final = 3


@dataclass(frozen=True, slots=True)
class Validity:
    """A cost centre between two days, both inclusive."""

    center: CostCenter
    master: Master
    start: date
    end: date

    @property
    def past(self) -> bool:
        return self.end != _FOREVER

    @property
    def name(self) -> str:
        return f"{self.center.name} (old)" if self.past else self.center.name


def validities(master: Master) -> Iterator[Validity]:
    centers = [center for center in master.company.cost_centers if center.entity in ENTITIES]
    for position, center in enumerate(centers):
        if position % _EVERY == 0:
            yield Validity(center, master, _BEGINNING, _DAY_BEFORE)
            yield Validity(center, master, _CHANGE, _FOREVER)
        else:
            yield Validity(center, master, _BEGINNING, _FOREVER)


CENTERS: Final[EntitySet] = entity_set(
    "A_CostCenter",
    ("ControllingArea", "CostCenter", "ValidityEndDate"),
    text("ControllingArea", always(CONTROLLING_AREA)),
    text("CostCenter", lambda v: v.master.cost_center(v.center.id)),
    day("ValidityEndDate", lambda v: v.end),
    day("ValidityStartDate", lambda v: v.start),
    text("CompanyCode", lambda v: v.master.company_code(v.center.entity)),
    text("CostCtrResponsiblePersonName", lambda v: "" if v.past else (v.center.owner or "")[:20]),
    text("CostCenterCurrency", lambda v: v.master.currency[v.center.entity]),
    text("CostCenterStandardHierArea", lambda v: (v.center.parent or "")[:12]),
    text("CostCenterCategory", always("E")),
    text("IsBlockedForCommitmentPosting", lambda v: "X" if v.past else ""),
    text("Language", always("EN")),
    Navigation("to_Text", "A_CostCenterText", lambda v: [v]),
)

TEXTS: Final[EntitySet] = entity_set(
    "A_CostCenterText",
    ("CostCenter", "ControllingArea", "Language", "ValidityEndDate"),
    text("CostCenter", lambda v: v.master.cost_center(v.center.id)),
    text("ControllingArea", always(CONTROLLING_AREA)),
    text("Language", always("EN")),
    day("ValidityEndDate", lambda v: v.end),
    day("ValidityStartDate", lambda v: v.start),
    text("CostCenterName", lambda v: v.name[:20]),
    text("CostCenterDescription", lambda v: v.name[:40]),
    Navigation("to_CostCenter", "A_CostCenter", lambda v: v, many=False),
)
