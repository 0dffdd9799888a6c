"""Reconciliation: two systems that should say the same, side by side.

=========== =============================================================================================
question    what is asked: a kind of pair, where, when, and what is material
pairs       the kinds, each with its two sides and the facts they stand on
reading     scans beside a question's own plan, and what a pair brings back
invoices    UNPOSTED_INVOICES: invoices approved in purchasing and the ledger's vouchers
receipts    GRNI_GL: received and not invoiced, and the ledger's account for it
orders      PURCHASE_COMMITMENTS: two systems' copies of the same orders
actuals     PLAN_ACTUALS: actuals loaded into planning and the ledger's
partners    INTERCOMPANY: what two legal entities booked with each other
prepaid     PREPAID: deferral schedules rolled forward and the ledger's account for them
check       from a question to an answer
judging     lines, by what is material
translating lines in the currency of the answer
answer      lines with their status, in one currency, and what they come to
=========== =============================================================================================
"""
