"""Leaving one rater out: who would be on the lists without the ratings of one deputy, or the marks of one judge."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from duban.corrections import Edit
from duban.engine import literal, quoted
from duban.evaluating import Evaluated, Standings, standings
from duban.pipeline import Running, measured
from duban.preparing import Prepared
from duban.refiguring import figures_changed
from duban.relations import Relation
from duban.results import Department

# A deputy's ratings are left out by a run of its own: more of them are not tried.
MOST_RATERS = 50
_JUDGES = "marks"
_DEPUTIES = "ratings"


class WithoutRater(NamedTuple):
    """One rater left out: of which table, how many rows, and who would then get onto each list or fall off it."""

    table: str
    rater: str
    rows: int
    enters: Mapping[str, Sequence[Department]]
    leaves: Mapping[str, Sequence[Department]]


class Untried(NamedTuple):
    """Raters that were not left out: of which table, how many, and why (`too_many`, `no_column`)."""

    table: str
    raters: int
    cause: str


def without_one_rater(
    prepared: Prepared, running: Running, department: str
) -> Iterator[WithoutRater | Untried]:
    """Yield what leaving out each one who rated a department's cases or marked it does to the lists, by table and name.

    A judge's marks are taken out of the figures; a deputy's ratings are read as void, or as of a later day, in a run of
    their own, so that each case's rating is worked out again from the others.

    Raises: DubanError.
    """
    evaluated, items = running.run.evaluated, running.run.items
    assert evaluated is not None
    marks = running.facts.relations.get(_JUDGES)
    if marks is not None and items is not None and "judge" in marks.available:
        for judge, places in _rows(running, marks, "judge", department):
            out = [item for item in items if item.table == _JUDGES and (item.file, item.row) in places]
            figures = figures_changed(evaluated.plan, evaluated.departments, evaluated.figures, items, out)
            stood = standings(evaluated.plan, evaluated.departments, figures)
            yield _moved(evaluated, stood, _JUDGES, judge, len(places))
    ratings = running.facts.tables.get(_DEPUTIES)
    if ratings is not None and "deputy" in ratings.available:
        yield from _deputies(prepared, running, evaluated, ratings, department)


def _deputies(
    prepared: Prepared, running: Running, evaluated: Evaluated, ratings: Relation, department: str
) -> Iterator[WithoutRater | Untried]:
    raters = _rows(running, ratings, "deputy", department)
    cell = _unseen(prepared, ratings)
    if cell is None or len(raters) > MOST_RATERS:
        if raters:
            yield Untried(_DEPUTIES, len(raters), "no_column" if cell is None else "too_many")
        return
    for deputy, places in raters:
        keys = [{"_file": ratings.files[file][0], "_row": str(row)} for file, row in sorted(places)]
        edits = [*prepared.edits, *(Edit(_DEPUTIES, key, *cell) for key in keys)]
        facts = measured(replace(prepared, edits=edits))
        if not facts.stopped:
            stood = standings(prepared.plan, facts.departments, facts.figures)
            yield _moved(evaluated, stood, _DEPUTIES, deputy, len(places))


def _rows(
    running: Running, relation: Relation, column: str, department: str
) -> list[tuple[str, set[tuple[int, int]]]]:
    """Return who stands in a column of a department's rows, each with the places of all rows of theirs."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    mine = f"SELECT {column} FROM {quoted(relation.name)} WHERE department = {literal(department)}"
    query = f"SELECT {column}, _file, _row FROM {quoted(relation.name)} WHERE {column} IN ({mine})"
    for name, file, row in running.engine.rows(query):
        found[name].add((file, row))
    return sorted(found.items())


def _unseen(prepared: Prepared, ratings: Relation) -> tuple[str, str] | None:
    """Return the cell that makes a rating not count: the column and its new value; None where there is none."""
    if "void" in ratings.headings:
        return "void", "是"
    if "rated_on" in ratings.headings:
        return "rated_on", (prepared.as_of + timedelta(days=1)).isoformat()
    return None


def _moved(evaluated: Evaluated, stood: Standings, table: str, rater: str, rows: int) -> WithoutRater:
    enters: dict[str, list[Department]] = {}
    leaves: dict[str, list[Department]] = {}
    for name, before in evaluated.judgement.lists.items():
        rows_of = zip(evaluated.departments, before, stood.lists[name], strict=True)
        pairs = [(one, old.chosen, new.chosen) for one, old, new in rows_of]
        enters[name] = [one for one, old, new in pairs if new and not old]
        leaves[name] = [one for one, old, new in pairs if old and not new]
    return WithoutRater(table, rater, rows, enters, leaves)
