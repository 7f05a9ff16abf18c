"""How long each stage of a run takes, over 100,000 departments and 16 criteria or another of the ledgers.

python benchmarks/stages.py [departments | 1m | 10m | csv | xlsx]
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from duban import evaluating, pipeline

DATA = Path(__file__).parent / "data"
STAGES = ("read", "check_rows", "build_view", "measure", "score", "adjust", "rank", "select", "write_reports")
SCORING = ("score", "adjust", "rank", "select")


def timed(stage: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """Return the stage with a clock around it."""

    def call(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return stage(*given, **named)
        finally:
            spent.append(time.perf_counter() - start)

    return call


def main(ledger: str = "departments") -> None:
    """Print seconds a stage, of scoring and ranking together, and of the whole."""
    spent: dict[str, list[float]] = {name: [] for name in STAGES}
    for name in STAGES:
        module = evaluating if name in SCORING else pipeline
        setattr(module, name, timed(getattr(module, name), spent[name]))
    start = time.perf_counter()
    run = pipeline.run(DATA / ledger)
    whole = time.perf_counter() - start
    print("| stage | s |\n| --- | --- |")
    for name in STAGES:
        print(f"| {name} | {sum(spent[name]):.1f} |")
    print(f"| score to select | {sum(sum(spent[name]) for name in SCORING):.1f} |")
    print(f"| whole run | {whole:.1f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{len(run.ranking)} departments, {len(run.criteria)} criteria rows, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main(*sys.argv[1:2])
