"""How sure a ranking of 1,000 departments is, against the draws alone written by hand in numpy; run by hand.

python benchmarks/certainty.py [departments [criteria [draws]]]

The two take turns in processes of their own, with as many threads as there are processors. duban's time is from the figures
to the verdicts: compiling the rules for arrays, drawing, scoring, ranking, listing, and the intervals of the ranks.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

RUNS = 5
CHUNK = 2_000_000


def counts(departments: int, criteria: int) -> tuple[Any, Any]:
    """Return made-up hits and counts, criteria x departments."""
    rng = np.random.default_rng(7)
    count = rng.integers(5, 200, (criteria, departments))
    return rng.binomial(count, rng.uniform(0.6, 1.0, (criteria, departments))), count


@contextmanager
def clock() -> Iterator[None]:
    """Print seconds on the wall, seconds of the processors, and the peak of the memory."""
    wall, processors = perf_counter(), process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{perf_counter() - wall:.2f} {process_time() - processors:.2f} {peak}")


def by_hand(departments: int, criteria: int, draws: int) -> None:
    """Draw every rate, two million at a time with a stream each, and throw it away."""
    hits, count = counts(departments, criteria)
    rows = max(1, CHUNK // (departments * criteria))

    def chunk(start: int) -> float:
        rng = np.random.Generator(np.random.SFC64([1, start]))
        size = (min(rows, draws - start), *hits.shape)
        return float(rng.beta(hits + 0.5, count - hits + 0.5, size=size)[0, 0, 0])

    with clock(), ThreadPoolExecutor(os.cpu_count()) as pool:
        sum(pool.map(chunk, range(0, draws, rows)))


def duban(departments: int, criteria: int, draws: int) -> None:
    """Work out verdicts, intervals and what weights decide, by rules with as many rates."""
    from duban.certainty.certainty import Certainty
    from duban.certainty.drawing import Draws

    given = evaluated(departments, criteria)
    with clock():
        certainty = Certainty(Draws(given, (), draws))
        assert len(certainty.frame) == departments


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


def main(sizes: list[str]) -> None:
    """Let the contenders take turns, and print seconds, ratios and peak memory."""
    told: dict[str, list[list[float]]] = {name: [] for name in CONTENDERS}
    for _ in range(RUNS):
        for name, found in told.items():
            command = [sys.executable, __file__, *sizes, name]
            made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found.append([float(number) for number in made.split()])
            print(name, made.strip(), file=sys.stderr)
    print("| contender | wall s | ratio | CPU s | ratio | peak MiB |\n| --- | --- | --- | --- | --- | --- |")
    base = [median(column) for column in zip(*told["by_hand"], strict=True)]
    for name, found in told.items():
        wall, processors, peak = (sorted(column) for column in zip(*found, strict=True))
        cells = [
            cell
            for column, by_hand_took in ((wall, base[0]), (processors, base[1]))
            for cell in (
                f"{median(column):.2f} ({column[0]:.2f}-{column[-1]:.2f})",
                f"{median(column) / by_hand_took:.2f}",
            )
        ]
        print(f"| {' | '.join([name, *cells, f'{peak[-1]:.0f}'])} |")


if __name__ == "__main__":
    sizes = [word for word in sys.argv[1:] if word.isdigit()]
    chosen = [word for word in sys.argv[1:] if not word.isdigit()]
    wanted = [int(word) for word in [*sizes, *("1000", "10", "10000")[len(sizes) :]]]
    CONTENDERS[chosen[0]](*wanted) if chosen else main(sizes)
