"""How sure a ranking of 1,000 departments is, against the draws alone written by hand in numpy; run by hand.

python benchmarks/certainty.py [departments [criteria [draws]]]

The two take turns in processes of their own, with as many threads as there are processors. duban's time is from the figures
to the verdicts: compiling the rules for arrays, drawing, scoring, ranking, listing, and the intervals of the ranks.
"""

import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

RUNS = 5
CHUNK = 2_000_000


def counts(departments: int, criteria: int) -> tuple[Any, Any]:
    """Return made-up hits and counts, criteria x departments."""
    rng = np.random.default_rng(7)
    count = rng.integers(5, 200, (criteria, departments))
    return rng.binomial(count, rng.uniform(0.6, 1.0, (criteria, departments))), count


def by_hand(departments: int, criteria: int, draws: int) -> float:
    """Draw every rate, two million at a time with a stream each, and throw it away; return the seconds."""
    start_time = perf_counter()
    hits, count = counts(departments, criteria)
    rows = max(1, CHUNK // (departments * criteria))

    def chunk(start: int) -> float:
        rng = np.random.Generator(np.random.SFC64([1, start]))
        size = (min(rows, draws - start), *hits.shape)
        return float(rng.beta(hits + 0.5, count - hits + 0.5, size=size)[0, 0, 0])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sum(pool.map(chunk, range(0, draws, rows)))
    return perf_counter() - start_time


def duban(departments: int, criteria: int, draws: int) -> float:
    """Work out verdicts and intervals by rules with as many rates; return the seconds."""
    from duban.certainty.certainty import Certainty
    from duban.certainty.drawing import Draws

    certainty = Certainty(Draws(evaluated(departments, criteria), (), draws))
    start = perf_counter()
    assert len(certainty.frame) == departments
    return perf_counter() - start


def evaluated(departments: int, criteria: int) -> Any:
    """Return the rules and what the exact engine makes of the made-up figures."""
    from duban.evaluating import Evaluated, evaluate
    from duban.preparing import prepare
    from duban.results import Department, Figure
    from duban.terms import Status

    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ruleset.toml").write_text(ruleset(departments, criteria), "utf-8")
        (folder / "cases.csv").write_text("case_id,department,assigned_on\n1,a,2024-01-01\n", "utf-8")
        (folder / "duban.toml").write_text(WORKSPACE, "utf-8")
        plan = prepare(folder, None, None, (), ()).plan
    people = [
        Department(f"d{number:06}", f"单位{number}", {"n": Fraction(number)}) for number in range(departments)
    ]
    hits, count = counts(departments, criteria)
    figures = {
        f"m{number}": [
            Figure(Status.MEASURED, int(all_of), int(own), Fraction(int(own), int(all_of)))
            for own, all_of in zip(hits[number], count[number], strict=True)
        ]
        for number in range(criteria)
    }
    return Evaluated(plan, people, figures, evaluate(plan, people, figures))


WORKSPACE = """title = "基准"
ruleset = "ruleset.toml"
as_of = 2024-12-31
[tables.cases]
file = "cases.csv"
"""


def ruleset(departments: int, criteria: int) -> str:
    """Return rules with so many rates on lines of different slopes, two groups, a tie-break and a list."""
    parts = [
        'format = 1\nid = "bench"\ntitle = "基准"\n[ranking]\ntie_break = ["k0"]\n[dimensions.d]\ntitle = "d"',
        f'[groups.first]\ntitle = "a"\nwhen = "n < {departments // 2}"\n[groups.rest]\ntitle = "b"',
        '[selections.best]\ntitle = "名单"\nquota = { share = 0.10 }',
    ]
    for number in range(criteria):
        parts.append(
            f'[measures.m{number}]\ntitle = "m{number}"\ncount = "true"\nhit = "case_id <> \'{number}\'"\n'
            f'[criteria.k{number}]\ntitle = "k{number}"\ndimension = "d"\nmeasure = "m{number}"\npoints = 10\n'
            f'curve = {{ kind = "linear", zero_at = 0.{number % 6}5, full_at = 1.00 }}'
        )
    return "\n".join(parts)


CONTENDERS = {"by_hand": by_hand, "duban": duban}


def main(sizes: list[int]) -> None:
    """Let the contenders take turns, and print seconds, ratio and peak memory."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    peaks: dict[str, int] = {}
    for turn in range(RUNS):
        for name in CONTENDERS:
            command = [sys.executable, __file__, *map(str, sizes), name]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            seconds[name].append(float(told[0]))
            peaks[name] = int(told[1])
            print(f"{turn + 1} {name} {told[0]} s", file=sys.stderr)
    print("| contender | s | ratio | peak MiB |\n| --- | --- | --- | --- |")
    for name, taken in seconds.items():
        ratio = median(taken) / median(seconds["by_hand"])
        spread = f"{median(taken):.2f} ({min(taken):.2f}-{max(taken):.2f})"
        print(f"| {name} | {spread} | {ratio:.2f} | {peaks[name]} |")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if word.isdigit()]
    chosen = [word for word in sys.argv[1:] if not word.isdigit()]
    wanted = [*given, *(1_000, 10, 10_000)[len(given) :]]
    if chosen:
        taken = CONTENDERS[chosen[0]](*wanted)
        print(f"{taken:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
    else:
        main(wanted)
