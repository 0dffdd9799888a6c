"""A system in trouble is left alone for a while, then asked carefully."""

import pytest

from sources.spi.errors import BadRequest, DeadlineExceeded, RateLimited, SourceError, Unavailable
from sources.transport.breaker import Breaker, Circuit, CircuitOpen, Tolerance


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Scene:
    def __init__(self) -> None:
        self.clock = Clock()
        tolerance = Tolerance(window=10, calls=4, share=0.5, slow=20, pause=10, probes=2)
        self.breaker = Breaker(tolerance, self.clock)

    def call(self, failure: SourceError | None = None, seconds: float = 0.1) -> None:
        """One call and its end."""
        try:
            with self.breaker.call("erp"):
                self.clock.now += seconds
                if failure is not None:
                    raise failure
        except SourceError as error:
            if error is not failure:
                raise

    def trip(self, failure: SourceError | None = None) -> None:
        for _ in range(4):
            self.call(failure or Unavailable("erp", "HTTP 503"))
        assert self.breaker.circuit is Circuit.OPEN


def test_half_of_the_last_calls_failing_opens_it() -> None:
    scene = Scene()
    for failure in (None, Unavailable("erp", "reset"), None):
        scene.call(failure)
    assert scene.breaker.circuit is Circuit.CLOSED
    scene.call(RateLimited("erp", "429"))
    assert scene.breaker.circuit is Circuit.OPEN
    with pytest.raises(CircuitOpen) as refused:
        scene.call()
    assert refused.value.retry_after == pytest.approx(10)


def test_few_failures_among_many_calls_do_not() -> None:
    scene = Scene()
    for number in range(30):
        scene.call(Unavailable("erp", "reset") if number % 3 == 2 else None)
    assert scene.breaker.circuit is Circuit.CLOSED


def test_what_it_refuses_is_no_failure() -> None:
    scene = Scene()
    for _ in range(20):
        scene.call(BadRequest("erp", "no such field"))
    assert scene.breaker.circuit is Circuit.CLOSED


def test_slow_calls_are_failures_too() -> None:
    scene = Scene()
    for _ in range(4):
        scene.call(seconds=20)
    assert scene.breaker.circuit is Circuit.OPEN


def test_a_question_without_time_says_nothing_of_the_system() -> None:
    """A hundred questions that gave up after a moment must not close the door for the others."""
    scene = Scene()
    for _ in range(100):
        scene.call(DeadlineExceeded("erp", "no complete answer within 0.1 s"))
    assert scene.breaker.circuit is Circuit.CLOSED


def test_it_stays_shut_for_as_long_as_the_system_asked() -> None:
    scene = Scene()
    scene.trip(RateLimited("erp", "429", retry_after=60))
    scene.clock.now += 59
    assert scene.breaker.circuit is Circuit.OPEN
    scene.clock.now += 1
    assert scene.breaker.circuit is Circuit.HALF_OPEN


def test_probes_that_go_well_close_it_again() -> None:
    scene = Scene()
    scene.trip()
    scene.clock.now += 10
    scene.call()
    assert scene.breaker.circuit is Circuit.HALF_OPEN
    scene.call()
    assert scene.breaker.circuit is Circuit.CLOSED
    scene.call(Unavailable("erp", "reset"))
    assert scene.breaker.circuit is Circuit.CLOSED, "the failures of before are forgotten"


def test_a_probe_that_fails_opens_it_anew() -> None:
    scene = Scene()
    scene.trip()
    scene.clock.now += 10
    scene.call(Unavailable("erp", "reset"))
    assert scene.breaker.circuit is Circuit.OPEN


def test_one_probe_at_a_time() -> None:
    scene = Scene()
    scene.trip()
    scene.clock.now += 10
    with scene.breaker.call("erp"), pytest.raises(CircuitOpen):
        scene.breaker.check("erp")


def test_a_probe_that_was_given_up_lets_the_next_one_go() -> None:
    scene = Scene()
    scene.trip()
    scene.clock.now += 10
    with pytest.raises(KeyboardInterrupt), scene.breaker.call("erp"):
        raise KeyboardInterrupt
    scene.call()
    scene.call()
    assert scene.breaker.circuit is Circuit.CLOSED
