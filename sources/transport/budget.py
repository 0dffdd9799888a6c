"""How many repetitions a system is worth: a share of what goes well, so that trouble is not multiplied."""

from typing import Final

_SHARE: Final = 0.2
_MOST: Final = 10.0


class RetryBudget:
    """Each call adds a fifth of a repetition, up to ten; each repetition takes one. A system that answers
    nobody is asked a fifth more than without, not four times as much."""

    def __init__(self) -> None:
        self._left = _MOST

    def called(self) -> None:
        self._left = min(_MOST, self._left + _SHARE)

    def take(self) -> bool:
        """Whether a repetition can be had."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
