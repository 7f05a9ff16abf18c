"""Hiding: which cases and columns of the ledger are not public, asked of the tables as they were read."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from duban.documents import KeyPath
from duban.engine import Engine, quoted
from duban.errors import Position, WorkspaceError
from duban.plan import Plan
from duban.relations import Relation
from duban.results import Department
from duban.sql import Clause, Scope, check_types, render
from duban.stages.listing import cases_against, cases_query
from duban.texts import Language
from duban.visibility import Visibility

# Which rating each stage ends in, and what the view makes of it; and single ratings in a table of their own.
_RATINGS: Mapping[str, frozenset[str]] = {
    "cases": frozenset({"answer_rating", "result_rating"}),
    "ratings": frozenset({"rating"}),
}
_COUNTED = "{}_counted"
Place = Callable[[KeyPath], Position]


@dataclass(frozen=True)
class Hidden:
    """What of one ledger is not public: the ids of cases, and by table the columns with all that is worked out of them."""

    visibility: Visibility
    case_ids: frozenset[str]
    columns: Mapping[str, frozenset[str]]


def hidden(
    engine: Engine,
    tables: Mapping[str, Relation],
    relations: Mapping[str, Relation],
    visibility: Visibility,
    plan: Plan,
    as_of: date,
    at: Place,
) -> Hidden:
    """Return what the workspace says is not public; `tables` are as read, `relations` as measures see them.

    Raises: WorkspaceError, for a column or case that there is not; MeasureError, for a condition that does not fit.
    """
    columns = _columns(relations, visibility, at)
    ids = frozenset(_listed(engine, tables, visibility, at)) | frozenset(
        _matching(engine, tables, visibility, plan, as_of, at)
    )
    return Hidden(visibility, ids, columns)


def listed(
    engine: Engine,
    relations: Mapping[str, Relation],
    plan: Plan,
    departments: Collection[Department],
    as_of: date,
    language: Language,
    found: Hidden,
) -> pd.DataFrame:
    """Return the list of cases for the public: of no criterion that looks at what is hidden, and of no hidden case."""
    query = cases_query(engine, relations, plan, list(departments), as_of, language, found.columns)
    frame = cases_against(engine, query)
    return frame[~frame["case_id"].isin(found.case_ids)].reset_index(drop=True)


def _columns(
    relations: Mapping[str, Relation], visibility: Visibility, at: Place
) -> dict[str, frozenset[str]]:
    """Return the columns by table, with those that are worked out from them."""
    named: dict[str, set[str]] = {name: set() for name in relations}
    for number, said in enumerate(visibility.columns):
        matches = list(_matches(relations, said))
        if not matches:
            known = {name for relation in relations.values() for name in relation.columns}
            raise WorkspaceError(
                "visibility_column", at(("visibility", "columns", number)), name=said, known=known
            )
        for table, column in matches:
            named[table].add(column)
    if visibility.ratings == "withheld":
        for table, ratings in _RATINGS.items():
            named.get(table, set()).update(ratings)
    return {table: _with_dependants(relations[table], columns) for table, columns in named.items()}


def _matches(relations: Mapping[str, Relation], said: str) -> Iterator[tuple[str, str]]:
    """Yield table and column for a name or heading, with its table in front or in every table that has it."""
    for table, relation in relations.items():
        for name, column in relation.columns.items():
            called = {name, relation.headings.get(name, name), *column.headings}
            if said in called or said in {f"{table}.{one}" for one in called}:
                yield table, name


def _with_dependants(relation: Relation, columns: Collection[str]) -> frozenset[str]:
    """Return columns with those that plugins derive from them, and those that count them."""
    found = {*columns, *(_COUNTED.format(name) for name in columns)}
    return frozenset(found | {name for name, made in relation.derived.items() if made.needs & found})


def _listed(
    engine: Engine, tables: Mapping[str, Relation], visibility: Visibility, at: Place
) -> Iterator[str]:
    """Yield the ids of the list, each of which some table must know: a slip would publish the case."""
    if not visibility.case_ids:
        return
    asked = [
        f"SELECT case_id FROM {quoted(relation.name)}"
        for relation in tables.values()
        if "case_id" in relation.available
    ]
    known = {case for (case,) in engine.rows(" UNION ".join(asked))} if asked else set()
    for number, case in enumerate(visibility.case_ids):
        if case not in known:
            place = at(("visibility", "case_ids", number))
            raise WorkspaceError("visibility_case", place, name=case, known=known)
        yield case


def _matching(
    engine: Engine,
    tables: Mapping[str, Relation],
    visibility: Visibility,
    plan: Plan,
    as_of: date,
    at: Place,
) -> Iterator[str]:
    """Yield the ids of cases for which the condition is not known to be false."""
    if visibility.cases is None:
        return
    place = at(("visibility", "cases"))
    relation = tables.get("cases")
    if relation is None:
        raise WorkspaceError("visibility_no_cases", place)
    clause = Clause(visibility.cases, place, "visibility.cases")
    text = render(clause, Scope(relation.columns, _bindings(plan, as_of), plan.ruleset.scales))
    check_types(engine, relation.columns, [(clause, text, "boolean")])
    query = f"SELECT DISTINCT case_id FROM {quoted(relation.name)} WHERE ({text.sql}) IS NOT FALSE"
    yield from (case for (case,) in engine.rows(query) if case is not None)


def _bindings(plan: Plan, as_of: date) -> dict[str, date | None]:
    period = plan.period
    days = (period.start, period.end) if period else (None, None)
    return {"as_of": as_of, "period_from": days[0], "period_to": days[1]}
