"""Every measure the format may name, built or not: a misspelt one is an error of the case."""

from typing import Literal

Measure = Literal[
    "originalBudget",
    "budgetRevision",
    "budgetTransfer",
    "carryForward",
    "budget",
    "preCommitment",
    "commitment",
    "receivedNotInvoiced",
    "invoicedNotPosted",
    "prepaidRemaining",
    "actual",
    "consumed",
    "consumedKnown",
    "available",
    "consumedPercent",
    "pendingPreCommitment",
    "blanketRemaining",
    "overInvoiced",
    "overReceived",
    "receivedInActual",
    "commitmentRevaluation",
    "variance",
    "actualMinusBudget",
    "variancePercent",
    "attainmentPercent",
    "favorability",
    "operationalVariance",
    "fxVariance",
    "fxEffect",
    "forecast",
    "outlook",
    "priorYearActual",
]
Favorability = Literal["FAVORABLE", "UNFAVORABLE", "ON_BUDGET"]
