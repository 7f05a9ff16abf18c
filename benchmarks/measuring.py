"""Sixteen criteria over one and ten million cases: duban against a fused query by hand and hand-tuned pandas.

    python benchmarks/measuring.py 1m [runs]       1m, 10m: Parquet; csv: mixed forms against a clean csv

Contenders take turns, each in a process of its own; all must agree before a time is printed.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
FIELDS: dict[str, Sequence[str]] = {
    "1m": ("duban", "fused", "pandas"),
    "10m": ("duban", "fused", "pandas"),
    "csv": ("duban", "clean_csv"),
}


def once(contender: str, ledger: str) -> dict[str, Any]:
    """Run one contender in a process of its own."""
    command = [sys.executable, str(HERE / "contenders.py"), contender, ledger]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{contender} on {ledger}:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compete(ledger: str, runs: int) -> dict[str, list[dict[str, Any]]]:
    """Let the contenders take turns, after one round that warms the page cache and is not counted."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in FIELDS[ledger]}
    for turn in range(runs + 1):
        for name in FIELDS[ledger]:
            result = once(name, ledger)
            if turn:
                found[name].append(result)
    return found


def disagreements(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return which contender differs from the first, and in which department."""
    reference, *others = found
    wanted = found[reference][0]["answer"]
    return [
        f"{name}: {department}: {answer.get(department)} != {wanted.get(department)}"
        for name in others
        for answer in [found[name][0]["answer"]]
        for department in sorted(wanted.keys() | answer.keys())
        if answer.get(department) != wanted.get(department)
    ]


def main(ledger: str = "1m", runs: str = "5") -> int:
    """Print medians, spread, ratios to the contender by hand, and peak memory."""
    found = compete(ledger, int(runs))
    wrong = disagreements(found)
    print("\n".join(wrong[:5]) or f"{ledger}: all agree")
    by_hand = FIELDS[ledger][1]
    print("| contender | measuring s (min-max) | ratio | whole s (min-max) | ratio | peak MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, results in found.items():
        cells = [name]
        for stage in ("measure", "whole"):
            seconds = [result["seconds"][stage] for result in results]
            reference = median(result["seconds"][stage] for result in found[by_hand])
            cells += [
                f"{median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})",
                f"{median(seconds) / reference:.2f}",
            ]
        print("| " + " | ".join([*cells, f"{max(result['peak'] for result in results):.0f}"]) + " |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
