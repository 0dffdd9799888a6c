"""Lengths of time as people write them: `30s`, `5m`, `250ms`, or ISO 8601's `PT5M`."""

import re
from datetime import timedelta
from typing import Final

_SHORT: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
_ISO: Final = re.compile(
    r"P(?=.)(?:([0-9]{1,6})D)?(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6}(?:\.[0-9]{1,3})?)S)?)?"
)
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """The length in seconds. Raises ValueError for anything else."""
    if short := _SHORT.fullmatch(text):
        return float(short[1]) * _UNITS[short[2]]
    if iso := _ISO.fullmatch(text):
        days, hours, minutes, rest = (float(part or 0) for part in iso.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=rest).total_seconds()
    raise ValueError(text)
