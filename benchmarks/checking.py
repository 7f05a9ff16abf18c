"""How long `duban ruleset check` takes, against loading alone: rulesets of 500 criteria, and shipped ones.

python benchmarks/checking.py [runs]
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
DUBAN = Path(sys.executable).parent / "duban"
# As after `pip install`, which compiles every module: nobody compiles them anew at every start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(HERE / "data" / "compiled")
LOAD = "import sys; from duban.examples.opening import open_rules; open_rules(sys.argv[1]).plan()"
SHIPPED = (
    "on_time",
    "replied",
    "acknowledged",
    "contacted",
    "met",
    "answer_satisfied",
    "resolved",
    "first_round_satisfied",
)
CURVES = (
    '{ kind = "linear", zero_at = 0.5, full_at = 0.9 }',
    '{ kind = "bands", bands = [{ at_least = 0.9, points = 2 }, { at_least = 0.5, points = 1 }] }',
)


def ruleset(own: bool) -> Iterator[str]:
    """Yield the lines of 500 criteria in ten dimensions and twenty gates, over shipped measures or 500 of its own."""
    yield 'format = 1\nid = "large"\ntitle = "五百项"\nbasis = "基准测试"'
    yield from (f'[dimensions.d{number}]\ntitle = "维度{number}"' for number in range(10))
    for number in range(500):
        measure = f"m{number}" if own else SHIPPED[number % len(SHIPPED)]
        if own:
            yield f'[measures.m{number}]\ntitle = "口径{number}"'
            yield f'count = "role = \'lead\' and contacts >= {number}"\nhit = "replied_on is not null"'
        yield f'[criteria.c{number}]\ntitle = "评分项{number}"\ndimension = "d{number % 10}"\nmeasure = "{measure}"'
        yield f"points = 2\ncurve = {CURVES[number % 2]}"
    for number in range(20):
        yield f'[gates.g{number}]\ntitle = "资格{number}"\nwhen = "overdue > {number}"\neffect = "not_selectable"'


def written() -> dict[str, str]:
    """Write the made rulesets, and return all by the names of the table."""
    folder = HERE / "data" / "rulesets"
    folder.mkdir(parents=True, exist_ok=True)
    found = {"npc-base": "npc-base", "harbin-2024": "harbin-2024"}
    for name, own in (("500 criteria, 8 measures", False), ("500 criteria, 500 measures", True)):
        path = folder / ("own.toml" if own else "shipped.toml")
        path.write_text("\n".join(ruleset(own)) + "\n", "utf-8")
        found[name] = str(path)
    return found


def seconds(command: list[str]) -> float:
    """Return the wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def main(runs: str = "7") -> None:
    """Print medians; the commands take turns, and a first round warms the page cache."""
    print(
        "| ruleset | loading s | --no-laws s | check s (min-max) | check / loading |\n| --- | --- | --- | --- | --- |"
    )
    for name, rules in written().items():
        check = [str(DUBAN), "ruleset", "check", rules]
        commands = [[sys.executable, "-c", LOAD, rules], [*check, "--no-laws"], check]
        rounds = [[seconds(command) for command in commands] for _ in range(int(runs) + 1)][1:]
        loading, lints, whole = (median(times) for times in zip(*rounds, strict=True))
        spread = f"{min(row[2] for row in rounds):.2f}-{max(row[2] for row in rounds):.2f}"
        print(f"| {name} | {loading:.2f} | {lints:.2f} | {whole:.2f} ({spread}) | {whole / loading:.1f} |")


if __name__ == "__main__":
    main(*sys.argv[1:2])
