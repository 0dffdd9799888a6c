"""What a monitor reads: counts of this process, in the words of Prometheus.

They are read off what the rooms keep anyway when somebody asks, so that they cost nothing else, and agree
with what `/readyz` and the `sources` field say. Labels are names of the configuration and words of ours, and
never members, documents, addresses, or names that who asks has chosen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.answers import Answers, Given
from gateway.outcome import Outcome
from gateway.telemetry import release
from gateway.watch import Requests
from resolvers.plan.engine import Engine
from sources.spi.batch import Freshness
from sources.spi.standing import BOUNDS, Circuit, Spread, Standing

_LE: Final = (*(f"{bound:g}" for bound in BOUNDS), "+Inf")
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gateway(Collector):
    """One gateway at work."""

    engine: Engine
    answers: Answers
    requests: Requests

    def collect(self) -> Iterator[Metric]:
        yield _gauge("build_info", "Release that is running.", [((release(),), 1)], ("version",))
        yield from _requests(self.requests)
        yield from _answers(self.answers)
        found = {name: each.standing() for name, each in sorted(self.engine.sources.items())}
        yield from _calls(found)
        yield from _queues(found)
        yield from _scans(found)
        yield from self._conditions()

    def _conditions(self) -> Iterator[Metric]:
        found = self.engine.conditions()
        yield _gauge(
            "source_circuit",
            "Where the circuit breaker stands: 1 for its state, 0 for the others.",
            [((n, state), float(c.circuit is state)) for n, c in found.items() for state in Circuit],
            ("source", "state"),
        )
        moments: Mapping[str, tuple[str, Callable[..., float | None]]] = {
            "source_last_success_timestamp_seconds": (
                "When a call last went well.",
                lambda c: c.last_success and c.last_success.timestamp(),
            ),
            "source_last_failure_timestamp_seconds": (
                "When a call last failed.",
                lambda c: c.last_failure and c.last_failure.at.timestamp(),
            ),
            "source_data_age_seconds": (
                "Age of the data that last gave an answer.",
                lambda c: c.data_age,
            ),
        }
        for name, (meaning, read) in moments.items():
            values = ((n, read(c)) for n, c in found.items())
            yield _gauge(name, meaning, [((n,), v) for n, v in values if v is not None], ("source",))


def registry(engine: Engine, answers: Answers, requests: Requests) -> CollectorRegistry:
    """The metrics of one gateway, and of the process it runs in."""
    made = CollectorRegistry()
    made.register(Gateway(engine, answers, requests))
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    GCCollector(registry=made)
    return made


def _requests(found: Requests) -> Iterator[Metric]:
    yield _counter(
        "requests",
        "GraphQL requests, by how they ended.",
        [((each,), found.outcomes[each]) for each in Outcome],
        ("outcome",),
    )
    yield _histogram("request_duration_seconds", "Time until a request was answered.", [((), found.took)], ())
    yield _gauge("requests_running", "GraphQL requests under way.", [((), found.running)], ())


def _answers(found: Answers) -> Iterator[Metric]:
    yield _counter(
        "answers",
        "Answers to questions: kept from before, joined to one under way, or made.",
        [((each,), found.given[each]) for each in Given],
        ("given",),
    )
    yield _gauge("answers_kept", "Answers that are kept.", [((), len(found))], ())
    yield _gauge("answers_kept_bytes", "What kept answers take.", [((), found.bytes)], ())


def _calls(found: Mapping[str, Standing]) -> Iterator[Metric]:
    calls = {name: each.calls for name, each in found.items()}
    yield _counter(
        "source_requests",
        "Requests to a system, by OK or the code of their error.",
        [((n, code), count) for n, c in calls.items() for code, count in c.outcomes.items()],
        ("source", "outcome"),
    )
    yield _histogram(
        "source_request_duration_seconds",
        "Time of one request to a system.",
        [((n,), c.took) for n, c in calls.items()],
        ("source",),
    )
    yield _counter(
        "source_requests_repeated",
        "Requests to a system that were made again.",
        [((n,), c.repeated) for n, c in calls.items()],
        ("source",),
    )
    yield _histogram(
        "source_queue_seconds",
        "Time a request waited for its turn at the account.",
        [((n,), c.waited) for n, c in calls.items()],
        ("source",),
    )


def _queues(found: Mapping[str, Standing]) -> Iterator[Metric]:
    meanings = {
        "running": "Requests under way at the account of a source.",
        "waiting": "Requests waiting for their turn at the account of a source.",
        "allowed": "Requests that may be under way at the account of a source now.",
    }
    for name, meaning in meanings.items():
        values = [((n,), getattr(each, name)) for n, each in found.items()]
        yield _gauge(f"source_requests_{name}", meaning, values, ("source",))


def _scans(found: Mapping[str, Standing]) -> Iterator[Metric]:
    scans = {name: each.scans for name, each in found.items()}
    yield _counter(
        "source_scans",
        "Scans for questions, by how their rows came: read now, kept and fresh, or kept and old.",
        [((n, each.lower()), s.answered[each]) for n, s in scans.items() for each in Freshness],
        ("source", "freshness"),
    )
    yield _counter(
        "source_scans_failed",
        "Scans for questions that brought nothing, by the code of the error.",
        [((n, code), count) for n, s in scans.items() for code, count in s.errors.items()],
        ("source", "code"),
    )
    yield _histogram(
        "source_scan_duration_seconds",
        "Time of one scan, from whatever it was answered.",
        [((n,), s.took) for n, s in scans.items()],
        ("source",),
    )
    yield _counter(
        "source_rows", "Rows that scans brought.", [((n,), s.rows) for n, s in scans.items()], ("source",)
    )
    yield _counter(
        "source_max_age_misses",
        "Scans whose data was older than the source's maxAge.",
        [((n,), s.beyond_max_age) for n, s in scans.items()],
        ("source",),
    )


def _counter(name: str, meaning: str, values: Iterable[tuple[Labels, float]], labels: Labels) -> Metric:
    made = CounterMetricFamily(f"threefold_{name}", meaning, labels=labels)
    for each, value in values:
        made.add_metric(each, value)
    return made


def _gauge(name: str, meaning: str, values: Iterable[tuple[Labels, float]], labels: Labels) -> Metric:
    made = GaugeMetricFamily(f"threefold_{name}", meaning, labels=labels)
    for each, value in values:
        made.add_metric(each, value)
    return made


def _histogram(name: str, meaning: str, values: Iterable[tuple[Labels, Spread]], labels: Labels) -> Metric:
    made = HistogramMetricFamily(f"threefold_{name}", meaning, labels=labels)
    for each, spread in values:
        made.add_metric(each, list(zip(_LE, accumulate(spread.counts), strict=True)), spread.seconds)
    return made
