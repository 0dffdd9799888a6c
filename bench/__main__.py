"""`python -m bench`: every measurement in one run. Writes bench/RESULTS.md; 1 when a requirement is broken.

Times are told side by side, as ratios of one run on one machine; what has to hold on any machine is the
number of upstream calls, the bound on memory, and that no figure is wrong while systems die.
"""

import sys
from pathlib import Path

from bench import (
    calls,
    completion,
    drilldown,
    exports,
    hot,
    killed,
    machine,
    memory,
    panels,
    relief,
    scans,
    waiting,
)

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    required = [each.measure() for each in (calls, drilldown, panels, memory, killed, exports)]
    told = [each.measure() for each in (completion, scans, relief, waiting, hot)]
    results = [*told, *required]
    text = f"# Measured\n\n{machine.described()}\n\n" + "\n".join(result.markdown() for result in results)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(each.holds for each in required) else 1


if __name__ == "__main__":
    sys.exit(main())
