"""Records looked up by value: what stands behind every filter of a sandbox system.

A `Shelf` reads a column of its records the first time somebody asks for it and keeps an index of the
values, so that a filter is set arithmetic on row numbers and a second question costs nothing.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
T = TypeVar("T")
Rows = frozenset[int]


class Shelf(Generic[K, R]):
    """`getter(key)` gives the function that reads one column of a record; with `many` it yields a tuple of
    values, of which any one may match. `keep` bounds the number of answers remembered.
    """

    def __init__(
        self,
        records: Sequence[R],
        getter: Callable[[K], Callable[[R], Any]],
        *,
        many: bool = False,
        keep: int = 64,
    ) -> None:
        self.records = records
        self.everything: Rows = frozenset(range(len(records)))
        self._getter = getter
        self._many = many
        self._keep = keep
        self._columns: dict[K, list[Any]] = {}
        self._indexes: dict[K, dict[Hashable, list[int]]] = {}
        self._answers: dict[Hashable, Any] = {}

    def column(self, key: K) -> list[Any]:
        """The values of one column, in the order of the records."""
        if key not in self._columns:
            get = self._getter(key)
            self._columns[key] = [get(record) for record in self.records]
        return self._columns[key]

    def equal(self, key: K, values: Iterable[Hashable]) -> Rows:
        """Rows whose value (or, with `many`, one of whose values) is among `values`."""
        index = self._index(key)
        return frozenset(row for value in values for row in index.get(value, ()))

    def where(self, key: K, test: Callable[[Any], bool]) -> Rows:
        """Rows with a value that passes `test`, which is asked once per distinct value."""
        index = self._index(key)
        return frozenset(row for value, rows in index.items() if test(value) for row in rows)

    def without(self, key: K) -> Rows:
        """Rows that have no value at all (only with `many`)."""
        return self.everything - self.where(key, lambda _: True)

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """`compute()`, or what it gave the last time: the records never change."""
        if key not in self._answers:
            while len(self._answers) >= self._keep:
                del self._answers[next(iter(self._answers))]
            self._answers[key] = compute()
        answer: T = self._answers[key]
        return answer

    def _index(self, key: K) -> dict[Hashable, list[int]]:
        if key not in self._indexes:
            index: dict[Hashable, list[int]] = {}
            for row, value in enumerate(self.column(key)):
                for single in value if self._many else (value,):
                    index.setdefault(single, []).append(row)
            self._indexes[key] = index
        return self._indexes[key]
