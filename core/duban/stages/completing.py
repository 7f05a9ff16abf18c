"""Completing: the answered cases that nobody rated, once for every rating that they might have been given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from duban.engine import Engine, literal, quoted
from duban.relations import Relation
from duban.tables import RATINGS

STAGES = ("answer_rating", "result_rating")
# A completed row has the number of its row in the file, times this, plus the number of the completion; 0 is as it is.
COMPLETIONS = 32


class Silent(NamedTuple):
    """How many cases of a department were answered, and of how many of them each rating is missing."""

    answered: int
    answer: int
    result: int


def silent_stages(relation: Relation | None) -> list[str]:
    """Return the ratings that the cases have a column for, none where nothing says which case was answered."""
    if relation is None or "replied_on" not in relation.available:
        return []
    return [stage for stage in STAGES if stage in relation.available]


def silent_cases(engine: Engine, relation: Relation) -> Mapping[str, Silent]:
    """Return how many are silent, by department; a rating without a column is not missing."""
    stages = silent_stages(relation)
    counted = [f"count_if({stage} IS NULL)" if stage in stages else "0" for stage in STAGES]
    rows = engine.rows(
        f"SELECT department, count(*), {', '.join(counted)} FROM {quoted(relation.name)} "
        "WHERE replied_on IS NOT NULL GROUP BY department ORDER BY department"
    )
    return {department: Silent(*counts) for department, *counts in rows}


def completed(engine: Engine, relation: Relation, derived: Collection[str]) -> Relation:
    """Return a view of the silent cases, a row a completion, a case without both ratings with every pair of them.

    `derived` are the columns that plugins add: they are left out, to be worked out again. A rating as it counts is
    filled in too.
    """
    stages, name = silent_stages(relation), f"{relation.name}_completed"
    kept = [column for column in relation.columns if column not in derived]
    cells = [_cell(column, stages) for column in kept]
    number = f"base._row * {COMPLETIONS} + filled.number AS _row"
    silent = " OR ".join(f"base.{stage} IS NULL" for stage in stages)
    engine.run(
        f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT {', '.join(['base._file', number, *cells])} "
        f"FROM {quoted(relation.name)} AS base JOIN ({_fillings(stages)}) AS filled ON {_fits(stages)} "
        f"WHERE base.replied_on IS NOT NULL AND ({silent})"
    )
    columns = {column: relation.columns[column] for column in kept}
    available = relation.available & columns.keys()
    return replace(relation, name=name, columns=columns, available=available, derived={})


def _cell(column: str, stages: Sequence[str]) -> str:
    stage = column.removesuffix("_counted")
    if stage not in stages:
        return f"base.{quoted(column)}"
    # Where the rating is known, both columns keep what they have; as it is, nothing is filled in.
    open_to = f"base.{stage} IS NULL AND filled.{stage} IS NOT NULL"
    return f"CASE WHEN {open_to} THEN filled.{stage} ELSE base.{quoted(column)} END AS {quoted(column)}"


def _fillings(stages: Sequence[str]) -> str:
    """Return the completions: number 0 fills nothing in, the others a label for every stage."""
    nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {stage}" for stage in stages)
    rows = [f"SELECT 0 AS number, {nothing}"]
    for number, labels in enumerate(product(RATINGS, repeat=len(stages)), start=1):
        rows.append(f"SELECT {number}, {', '.join(literal(label) for label in labels)}")
    return " UNION ALL ".join(rows)


def _fits(stages: Sequence[str]) -> str:
    """Return when a completion is tried: as it is always, else each label only where the stage is silent."""
    first = literal(next(iter(RATINGS)))
    each = [f"(base.{stage} IS NULL OR filled.{stage} = {first})" for stage in stages]
    return f"filled.number = 0 OR ({' AND '.join(each)})"
