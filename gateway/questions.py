"""Questions to start from: the explorer's tabs, the first of them the README's, and a test of each."""

from pathlib import Path
from typing import Final

from gateway.explorer import Question

_HERE: Final = Path(__file__).parent / "demo" / "questions"
_TITLES: Final = {
    "WhatIsLeft": "What is left, by cost centre",
    "ByMonth": "Month by month, one department",
    "Documents": "The documents behind a figure",
    "Groupwide": "All companies in one currency",
    "Moved": "A cost centre that moved, in both views",
    "Calendars": "Months, April years and weeks",
    "Rates": "What exchange rates did",
    "RateMissing": "A rate nobody quoted",
    "Mapping": "Codes unmapped, codes shared",
    "Adjustments": "The thirteenth period",
    "Reconcile": "Purchasing and ledger, side by side",
    "Breaks": "What does not fit, and one chain",
    "Explain": "Who is asked what, without asking",
}

QUESTIONS: Final = tuple(
    Question(title, (_HERE / f"{name}.graphql").read_text(encoding="utf-8"))
    for name, title in _TITLES.items()
)
