"""Currencies: which exist, and how many decimals their amounts have (ISO 4217)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from resolvers.semantics.model import SpotRate

_EXPONENTS: Final[dict[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
        "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK "
        "MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
        "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
        "USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
}
_EXPONENT_OF: Final = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}


def is_currency(code: str) -> bool:
    return code in _EXPONENT_OF


def exponent(code: str) -> int:
    """Decimals of the currency's smallest unit. Raises KeyError for what is not an ISO 4217 currency."""
    return _EXPONENT_OF[code]


def exponents() -> dict[str, int]:
    """Every currency and its exponent, for lookups column by column."""
    return dict(_EXPONENT_OF)


def spot_rates(rates: Iterable[SpotRate], day: date) -> dict[tuple[str, str], Decimal]:
    """The latest rate of each pair of currencies that was known on a day."""
    known = sorted((rate for rate in rates if rate.on <= day), key=lambda rate: rate.on)
    return {(rate.currency, rate.to): rate.rate for rate in known}
