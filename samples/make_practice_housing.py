"""Made data of the housing bureau: its cases sorted into at once, absorbed and long-term, with dates and documents."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from duban import Row
from duban_harbin.housing import Sorting

NAME = "市住房和城乡建设局"
AT_ONCE, AT_ONCE_LATE, ABSORBED_LATE, UNPROVED = 26, 3, 2, 2
NEXT_YEARS = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31))
Case = Mapping[str, Any]


def rows(cases: Sequence[Case], random: Random) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the bureau's tables: resolved cases at once or absorbed, promised ones absorbed or long-term."""
    resolved = [case for case in cases if case["办理结果"] == "A"]
    promised = [case for case in cases if case["办理结果"] == "B"]
    planned = [case for case in cases if case["办理结果"] == "C"]
    random.shuffle(resolved)
    found = [
        *at_once(resolved[:AT_ONCE], random),
        *absorbed(resolved[AT_ONCE:], random),
        *(promise(case) for case in promised),
        *(long_term(case, index, random) for index, case in enumerate(planned)),
    ]
    return {"housing_sorting": sorted(found, key=lambda row: row.case_id)}


def at_once(cases: Sequence[Case], random: Random) -> Iterator[Sorting]:
    """Yield what was solved within 30 days of its assignment, the first few not quite."""
    for index, case in enumerate(cases):
        days = random.randint(33, 45) if index < AT_ONCE_LATE else random.randint(10, 30)
        done = case["交办日期"] + timedelta(days)
        proof = None if index == AT_ONCE_LATE else f"现场验收单第{index + 1}号"
        yield sorted_row(case, "at_once", done, None, proof)


def absorbed(cases: Sequence[Case], random: Random) -> Iterator[Sorting]:
    """Yield what went into this year's work and was done before the reply, the first few after their planned day."""
    for index, case in enumerate(cases):
        done = case["答复日期"] - timedelta(random.randint(2, 20))
        planned = done + timedelta(-5 if index < ABSORBED_LATE else random.randint(0, 30))
        dated = index < ABSORBED_LATE or random.random() < 0.6
        unproved = ABSORBED_LATE <= index < ABSORBED_LATE + UNPROVED
        proof = None if unproved else f"哈住建计〔2023〕{index + 1}号"
        yield sorted_row(case, "absorbed", done, planned if dated else None, proof)


def promise(case: Case) -> Sorting:
    """Return a promised case: absorbed into the work until the day of the promise in the ledger."""
    return sorted_row(case, "absorbed", case["兑现日期"], case["承诺期限"], "哈住建计〔2023〕40号")


def long_term(case: Case, index: int, random: Random) -> Sorting:
    """Return a case planned for later years; the first has a plan, but no date."""
    planned = None if index == 0 else random.choice(NEXT_YEARS)
    return sorted_row(case, "long_term", None, planned, f"哈住建规〔2023〕{index + 1}号")


def sorted_row(case: Case, kind: Any, done: date | None, planned: date | None, proof: str | None) -> Sorting:
    """Return one row of the sorting."""
    return Sorting(
        case_id=case["建议编号"],
        department=NAME,
        housing_class=kind,
        housing_done_on=done,
        housing_planned_for=planned,
        housing_proof=proof,
    )
