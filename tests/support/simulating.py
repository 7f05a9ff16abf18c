"""What the twin makes known: verdicts, influence and findings over simulated ledgers, held against the truth behind them."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from duban.certainty.certainty import Verdict, verdict
from duban.certainty.drawing import Draws
from duban.certainty.influence import influences
from duban.engine import Engine
from duban.evaluating import Evaluated, evaluate
from duban.plan import Plan
from duban.preparing import Prepared, prepare
from duban.results import Department, Figure, Figures
from duban.stages.checking.departments import department_checks, offending_departments
from duban.tables import known_tables
from duban.terms import Status
from duban.testing.making import stored
from duban.testing.twins import AS_OF, MANIPULATIONS, RULES, UNITS, Rates, Twin, Unit, twin
from duban.view import build_view

CRITERIA = tuple(RULES["criteria"])
LIST = "excellent"
# Numbers of cases by department, and between which true rates its four rates lie.
VOLUMES: Mapping[str, Sequence[int]] = {
    "5–70": [unit.cases for unit in UNITS],
    "10": [10] * 18,
    "30": [30] * 18,
    "100": [100] * 18,
    "5–160": [5, 10, 20, 40, 80, 160] * 3,
}
RANGES: Sequence[tuple[int, int]] = ((50, 100), (80, 100), (90, 100))
# More cases than anybody has: figures of the truth itself.
_ENDLESS = 10_000


class Right(NamedTuple):
    """How many verdicts of a kind were given, and how many of them are true."""

    given: int
    right: int


@cache
def rules() -> Prepared:
    """Return the twin's rules for any number of departments: a third of them is listed."""
    listed = {"title": "优秀承办单位", "quota": {"share": Fraction(1, 3), "round": "half_up"}}
    with TemporaryDirectory() as folder:
        return prepare(twin(1).write(Path(folder), {**RULES, "selections": {LIST: listed}}), None, None, [])


def plan() -> Plan:
    """Return the plan of the rules."""
    return rules().plan


def units_of(volumes: Sequence[int], low: int, high: int, seed: int) -> list[Unit]:
    """Return departments whose true rates lie anywhere between two percentages."""
    dice = random.Random(f"units {seed}")
    rate = iter(lambda: Fraction(dice.randint(100 * low, 100 * high), _ENDLESS), None)
    return [
        Unit(f"{place:02d}", cases, Rates(*(next(rate) for _ in CRITERIA)))
        for place, cases in enumerate(volumes)
    ]


def counted(units: Sequence[Unit], seed: int) -> Figures:
    """Return the rates that chance makes of the units' cases in one year."""
    dice = random.Random(f"cases {seed}")
    return {
        name: [
            _rate(sum(dice.random() < unit.rates[place] for _ in range(unit.cases)), unit.cases)
            for unit in units
        ]
        for place, name in enumerate(CRITERIA)
    }


def true_figures(units: Sequence[Unit]) -> Figures:
    """Return the true rates as if they had been counted over endless cases."""
    return {
        name: [_rate(int(unit.rates[place] * _ENDLESS), _ENDLESS) for unit in units]
        for place, name in enumerate(CRITERIA)
    }


def _rate(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def evaluated(units: Sequence[Unit], figures: Figures) -> Evaluated:
    """Return what the rules make of figures."""
    departments = [Department(unit.id, unit.id) for unit in units]
    return Evaluated(plan(), departments, figures, evaluate(plan(), departments, figures))


def verdicts(units: Sequence[Unit], seed: int, draws: int) -> Iterator[tuple[Verdict, bool]]:
    """Yield each department's verdict of one year, and whether its true rates put it on the list."""
    truth = evaluated(units, true_figures(units)).judgement.lists[LIST]
    listed = Draws(evaluated(units, counted(units, seed)), (), draws).tally().listed[LIST]
    for number, choice in zip(listed, truth, strict=True):
        yield verdict(Fraction(int(number), draws)), choice.chosen


def rightness(volumes: Sequence[int], low: int, high: int, years: int, draws: int) -> Mapping[Verdict, Right]:
    """Return how many verdicts of each kind are given over simulated years, and how many are true."""
    given, right = Counter[Verdict](), Counter[Verdict]()
    for seed in range(years):
        for said, inside in verdicts(units_of(volumes, low, high, seed), seed, draws):
            given[said] += 1
            right[said] += inside is (said is Verdict.FIRMLY_IN)
    return {kind: Right(given[kind], right[kind]) for kind in Verdict}


# Four criteria, of which the first is dead, dominant, or like the others.
SPREADS: Mapping[str, Sequence[tuple[int, int]]] = {
    "dead": ((100, 100), (60, 100), (60, 100), (60, 100)),
    "dominant": ((50, 100), (99, 100), (99, 100), (99, 100)),
    "balanced": ((60, 100), (60, 100), (60, 100), (60, 100)),
}


def verdicts_of_influence(kind: str, volumes: Sequence[int], seed: int) -> list[str]:
    """Return what is said of each of the four criteria in one year; their rates are spread evenly over their ranges."""
    dice = random.Random(f"influence {seed}")
    columns = []
    for low, high in SPREADS[kind]:
        steps = [
            Fraction(low * (len(volumes) - 1 - step) + high * step, 100 * (len(volumes) - 1))
            for step in range(len(volumes))
        ]
        columns.append(dice.sample(steps, len(steps)))
    units = [
        Unit(f"{place:02d}", cases, Rates(*(column[place] for column in columns)))
        for place, cases in enumerate(volumes)
    ]
    found = influences(evaluated(units, counted(units, seed)))
    said = {item.id: item.verdict for item in found if item.kind == "criterion"}
    return [said[name] for name in CRITERIA]


def codes(engine: Engine, ledger: Twin) -> set[tuple[str, str]]:
    """Return the findings that duban_honesty makes of a ledger, as code and department, without a file in between."""
    registry = rules().registry
    tables = known_tables(registry.tables.values())
    checks = [registry.checks[name] for name in MANIPULATIONS]
    departments = [Department(unit.id, unit.id) for unit in ledger.units]
    # Reading looks up what the ratings say of each case.
    said = {(row["case_id"], row["stage"]): row["rating"] for row in ledger.tables["ratings"]}
    cases = [
        {**row, **{f"{stage}_rating": said.get((row["case_id"], stage)) for stage in ("answer", "result")}}
        for row in ledger.tables["cases"]
    ]
    ratings = [dict(row) for row in ledger.tables["ratings"]]
    read = {
        name: stored(engine, tables[name], rows) for name, rows in (("cases", cases), ("ratings", ratings))
    }
    view = build_view(engine, read, departments, plan().ruleset, None, AS_OF, rules().loaded.at)
    assert view.every_case is not None
    asked = [
        item
        for relations, counted_only in ((view.relations.values(), True), ([view.every_case], False))
        for relation in relations
        for item in department_checks(checks, relation, None, AS_OF, counted_only=counted_only)
    ]
    assert len(asked) == len(checks)
    return {(item.code, item.value) for item in offending_departments(engine, asked, departments)}


class Alarms(NamedTuple):
    """Of one check: what was planted and told, by the number of cases; and told without cause, of how many departments."""

    planted: int
    told: int
    few_planted: int
    few_told: int
    false: int
    honest: int


# So few cases that the check may rightly hold its tongue.
FEW = 10


def alarms(part: Fraction, years: int) -> Mapping[str, Alarms]:
    """Return how each check does where seven of nine departments have one thing planted each in a part of their cases."""
    kinds = list(MANIPULATIONS)
    sums = {name: [0] * 6 for name in kinds}
    with Engine() as engine:
        for seed in range(years):
            turn = {unit.id: (place + seed) % len(UNITS) for place, unit in enumerate(UNITS)}
            planted = {id: [kinds[place]] for id, place in turn.items() if place < len(kinds)}
            found = codes(engine, twin(seed, planted=planted, part=part))
            for unit in UNITS:
                for name in kinds:
                    told, few = (name, unit.id) in found, unit.cases <= FEW
                    at = (2 if few else 0) if name in planted.get(unit.id, ()) else 4
                    sums[name][at + (0 if at < 4 else 1)] += 1
                    sums[name][at + (1 if at < 4 else 0)] += told
    return {name: Alarms(*numbers) for name, numbers in sums.items()}


def false_alarms(years: int, most_on_the_last_day: int) -> Mapping[str, int]:
    """Return how many departments each check tells of where all are honest.

    Each has a habit of its own: up to this percentage of its answers in time come on the last day.
    """
    found = Counter[str]()
    with Engine() as engine:
        for seed in range(years):
            dice = random.Random(f"habits {seed}")
            units = [
                unit._replace(last_day=Fraction(dice.randint(0, most_on_the_last_day), 100)) for unit in UNITS
            ]
            found.update(code for code, _ in codes(engine, twin(1_000 + seed, units)))
    return {name: found[name] for name in MANIPULATIONS}
