"""What can go wrong at a source, grouped by what the caller can do about it.

SourceError                 code, source, message; never a secret, never a raw payload
├── Retryable               the same call may succeed later
│   ├── Unavailable         SOURCE_UNAVAILABLE   connection refused, reset, 5xx
│   ├── RateLimited         SOURCE_RATE_LIMITED  429, or the vendor's own way of saying it
│   └── DeadlineExceeded    SOURCE_TIMEOUT       the request's deadline ran out
├── Refused                 the same call will never succeed
│   ├── Unauthorized        SOURCE_UNAUTHORIZED  credentials rejected
│   ├── Forbidden           SOURCE_FORBIDDEN     credentials valid, access denied
│   ├── BadRequest          SOURCE_REFUSED       the API refused the request as written
│   ├── AsOfUnsupported     AS_OF_UNSUPPORTED    the source cannot reconstruct a past stock
│   ├── DateBasisUnsupported DATE_BASIS_UNSUPPORTED the source does not say the date of documents
│   ├── KnownAtUnsupported  KNOWN_AT_UNSUPPORTED the source does not say when entries were approved
│   └── ScenarioUnsupported SCENARIO_UNSUPPORTED the source does not tell its plans apart
├── Broken                  the answer cannot be trusted
│   ├── Malformed           SOURCE_MALFORMED     wrong type, missing key, not the promised format
│   └── OverLimit           SOURCE_OVER_LIMIT    more rows, pages or bytes than the configured bound
└── Missing                 SOURCE_NOT_FOUND     the thing asked for is not there
"""

from datetime import date

from sources.spi.facts import Fact


class SourceError(Exception):
    """One failed call to one source. `retry_after` is in seconds where the source said so."""

    code = "SOURCE_ERROR"

    def __init__(self, source: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{source}: {message}")
        self.source = source
        self.message = message
        self.retry_after = retry_after


class Retryable(SourceError):
    pass


class Unavailable(Retryable):
    code = "SOURCE_UNAVAILABLE"


class RateLimited(Retryable):
    code = "SOURCE_RATE_LIMITED"


class DeadlineExceeded(Retryable):
    code = "SOURCE_TIMEOUT"


class Refused(SourceError):
    pass


class Unauthorized(Refused):
    code = "SOURCE_UNAUTHORIZED"


class Forbidden(Refused):
    code = "SOURCE_FORBIDDEN"


class BadRequest(Refused):
    code = "SOURCE_REFUSED"


class AsOfUnsupported(Refused):
    code = "AS_OF_UNSUPPORTED"

    def __init__(self, source: str, fact: Fact, as_of: date) -> None:
        super().__init__(
            source,
            f"cannot reconstruct {fact} as of {as_of.isoformat()}; ask without asOf for today's state",
        )
        self.fact = fact


class DateBasisUnsupported(Refused):
    code = "DATE_BASIS_UNSUPPORTED"

    def __init__(self, source: str, fact: Fact) -> None:
        super().__init__(
            source, f"does not say the document date of {fact}; ask with dateBasis POSTING for posting dates"
        )
        self.fact = fact


class KnownAtUnsupported(Refused):
    code = "KNOWN_AT_UNSUPPORTED"

    def __init__(self, source: str, fact: Fact) -> None:
        super().__init__(
            source,
            f"does not say when entries of {fact} were approved; ask without knownAt for those of today",
        )
        self.fact = fact


class ScenarioUnsupported(Refused):
    code = "SCENARIO_UNSUPPORTED"

    def __init__(self, source: str, fact: Fact) -> None:
        super().__init__(
            source, f"says neither scenario nor version of {fact}, so it has no other than the budget"
        )
        self.fact = fact


class Broken(SourceError):
    pass


class Malformed(Broken):
    code = "SOURCE_MALFORMED"


class OverLimit(Broken):
    code = "SOURCE_OVER_LIMIT"


class Missing(SourceError):
    code = "SOURCE_NOT_FOUND"
