"""Listing: what lies behind the figures, case by case: answer x result, and the cases that count against a department."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from duban.counters import Counter, compile_uses
from duban.engine import Engine, literal, quoted
from duban.plan import MeasureUse, Plan
from duban.relations import Relation
from duban.results import Department
from duban.tables import RATINGS, Column
from duban.terms import Aggregate, Better, ColumnType
from duban.texts import Language, phrase

NO_RESPONSE = "no_response"
LONGEST_SHOWN = 100
_ORDER = [*RATINGS, NO_RESPONSE]


class Against(NamedTuple):
    """One criterion or adjustment over some departments, all of them where `departments` is None."""

    id: str
    use: MeasureUse
    better: Better
    departments: Sequence[str] | None


def two_stage(
    engine: Engine, relations: Mapping[str, Relation], departments: Sequence[Department]
) -> pd.DataFrame:
    """Return the counted cases by department, answer rating and result rating; only combinations that occur.

    A blank rating is `no_response`, whether or not the case was answered: the counts add up to the cases.
    """
    columns = ["department", "answer", "result", "count"]
    relation = relations.get("cases")
    if relation is None or not {"answer_rating", "result_rating"} <= relation.available:
        return pd.DataFrame(columns=columns)
    rows = engine.rows(f"""
        SELECT department, coalesce(answer_rating, '{NO_RESPONSE}'), coalesce(result_rating, '{NO_RESPONSE}'), count(*)
        FROM {quoted(relation.name)} GROUP BY ALL""")
    known = {department.id for department in departments}
    kept = [row for row in rows if row[0] in known]
    kept.sort(key=lambda row: (row[0], _ORDER.index(row[1]), _ORDER.index(row[2])))
    return pd.DataFrame(kept, columns=columns)


def responses(engine: Engine, relations: Mapping[str, Relation]) -> dict[str, dict[str, int]]:
    """Return, for each stage that the ledger has, how many answered cases there are and how many of them were rated."""
    relation = relations.get("cases")
    if relation is None or "replied_on" not in relation.available:
        return {}
    stages = [stage for stage in ("answer", "result") if f"{stage}_rating" in relation.available]
    rated = "".join(f", count({stage}_rating)" for stage in stages)
    counts = engine.one(f"SELECT count(*){rated} FROM {quoted(relation.name)} WHERE replied_on IS NOT NULL")
    return {
        stage: {"rated": count, "cases": counts[0]} for stage, count in zip(stages, counts[1:], strict=True)
    }


def cases_query(
    engine: Engine,
    relations: Mapping[str, Relation],
    plan: Plan,
    departments: Sequence[Department],
    as_of: date,
    language: Language = "zh",
    hidden: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> str:
    """Return the query of all cases that count against a criterion or an adjustment, with the reason in a sentence.

    Only tables with a `case_id` have cases; a measure over a column that the ledger lacks lists none, nor does
    a formula, nor one that looks at a `hidden` column of its table.
    """
    selects = []
    for against in _everything(plan, departments):
        if against.use.formula is not None:
            continue
        relation = relations.get(against.use.measure.table)
        if relation is None or "case_id" not in relation.available:
            continue
        (counter,) = compile_uses(engine, [against.use], relation.columns, plan, as_of)
        offends = _offends(counter, against.better, relation)
        shown = counter.columns <= relation.available - set(hidden.get(against.use.measure.table, ()))
        if offends is not None and shown:
            selects.append(_select(against, counter, relation, offends, language))
    nothing = "SELECT '' AS department, '' AS case_id, '' AS criterion, '' AS why WHERE false"
    return "\nUNION ALL\n".join(selects or [nothing]) + "\nORDER BY department, criterion, case_id, why"


def cases_against(engine: Engine, query: str) -> pd.DataFrame:
    """Return the cases of a `cases_query` as a table: department, case_id, criterion, why."""
    return pd.DataFrame(engine.rows(query), columns=["department", "case_id", "criterion", "why"])


def _everything(plan: Plan, departments: Sequence[Department]) -> Iterator[Against]:
    for criterion in plan.criteria:
        by_use: dict[str, tuple[MeasureUse, list[str]]] = {}
        for department in departments:
            use = criterion.use_for(department) if criterion.by_department else criterion.use
            if use is not None:
                by_use.setdefault(use.key, (use, []))[1].append(department.id)
        for _, (use, ids) in sorted(by_use.items()):
            yield Against(criterion.id, use, use.measure.better, ids if criterion.by_department else None)
    for adjustment in plan.adjustments:
        if adjustment.use is not None and adjustment.rule.each is not None and adjustment.rule.each < 0:
            yield Against(adjustment.id, adjustment.use, Better.LOWER, None)


def _offends(counter: Counter, better: Better, relation: Relation) -> tuple[str, str] | None:
    """Return the predicate of the rows that count against, and the key of the sentence that says why.

    None where no single row does: where more is better, and for a median, which hangs on the order of all.
    """
    counted = counter.valued
    if counter.kind is Aggregate.SHARE:
        hit = counter.hit or "TRUE"
        missed = (f"{counted} AND ({hit}) IS NOT TRUE", "measuring.hit_missed")
        return missed if better is Better.HIGHER else (hit, "measuring.hit_met")
    if counter.kind is Aggregate.MEAN:
        best = "max" if better is Better.HIGHER else "min"
        sign = "<" if better is Better.HIGHER else ">"
        among = f"(SELECT {best}({counter.value}) FROM {quoted(relation.name)} WHERE {counted})"
        return f"{counted} AND ({counter.value}) {sign} {among}", "measuring.below_best"
    if better is Better.HIGHER or counter.kind is Aggregate.QUANTILE:
        return None
    worth = f" AND ({counter.value}) <> 0" if counter.value is not None else ""
    return counted + worth, "measuring.counted"


def _select(
    against: Against, counter: Counter, relation: Relation, offends: tuple[str, str], language: Language
) -> str:
    predicate, key = offends
    among = ""
    if against.departments is not None:
        among = f" AND department IN ({', '.join(literal(name) for name in against.departments)})"
    if relation.is_about_cases:
        # A mark may be of the department as a whole.
        among += " AND case_id IS NOT NULL"
    shown = [relation.columns[name] for name in relation.columns if name in counter.shown]
    separator = literal("，" if language == "zh" else ", ")
    facts = [_fact(column, language) for column in shown]
    prefix = phrase(key, language, facts="") if facts else phrase(key, language, facts="").rstrip("： :")
    why = f"concat({', '.join([literal(prefix), f', {separator}, '.join(facts)] if facts else [literal(prefix)])})"
    return (
        f"SELECT department, case_id, {literal(against.id)} AS criterion, {why} AS why"
        f" FROM {quoted(relation.name)} WHERE ({predicate}){among}"
    )


def _fact(column: Column, language: Language) -> str:
    title = column.title if language == "zh" else column.name
    blank = literal(phrase("measuring.blank", language))
    return f"{literal(title + '=')}, coalesce({_shown(column, language)}, {blank})"


def _shown(column: Column, language: Language) -> str:
    name = quoted(column.name)
    if column.type is ColumnType.BOOLEAN:
        yes, no = (literal(phrase(f"measuring.{word}", language)) for word in ("yes", "no"))
        return f"CASE WHEN {name} THEN {yes} WHEN NOT {name} THEN {no} END"
    if column.type is ColumnType.DECIMAL:
        return f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.')"
    titles = {label: words[0] for label, words in column.labels.items() if words and language == "zh"}
    if not titles:
        return f"left(CAST({name} AS VARCHAR), {LONGEST_SHOWN})"
    cases = " ".join(f"WHEN {literal(label)} THEN {literal(title)}" for label, title in titles.items())
    return f"CASE {name} {cases} ELSE {name} END"
