"""The contract of a source: say what you can do, do exactly that, and say how old it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Accepted, Capability, Scan
from sources.spi.standing import Standing


@dataclass(frozen=True, slots=True)
class Health:
    """Outcome of a probe: one cheap authenticated call."""

    ok: bool
    detail: str
    milliseconds: float


@runtime_checkable
class Source(Protocol):
    """One system, seen through its connector.

    * `accept` is pure and instant: no I/O. It returns the scan it will run and what remains. It may widen
      (more columns, finer groups, fewer predicates), never lose a row. It raises `AsOfUnsupported` for a
      past state it cannot reconstruct.
    * `run` takes what `accept` returned and does it: exactly the pushed predicates, all pages, or a typed
      error. A partial answer is an error. Keyed scans are split to the API's limits and gathered.
    * `standing` is how it does, as far as is known without asking it: no I/O.
    * `url` is where a person opens the document in the source's own application; None where there is none.
    """

    @property
    def name(self) -> str: ...

    @property
    def system(self) -> str: ...

    @property
    def facts(self) -> Mapping[Fact, Capability]: ...

    def sign(self, fact: Fact) -> Sign: ...

    def accept(self, scan: Scan) -> Accepted: ...

    async def run(self, accepted: Accepted, ctx: Context) -> Batch: ...

    async def probe(self, ctx: Context) -> Health: ...

    def standing(self) -> Standing: ...

    def url(self, fact: Fact, document: Mapping[str, str | None]) -> str | None: ...

    async def aclose(self) -> None: ...
