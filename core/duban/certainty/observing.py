"""What a posterior draw starts from, asked of the engine while it still has the cases: which values the counted rows have.

Shares and means that look at one labelled column of the same rows stem from one distribution. Any other mean has the
values that its rows have.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from duban.counters import Counter, compile_uses
from duban.engine import Engine, literal, quoted
from duban.plan import Plan
from duban.relations import Relation
from duban.results import Department
from duban.sql import Rendered
from duban.terms import Aggregate, ColumnType

if TYPE_CHECKING:
    from .worlds import Flags, Floats

# People's marks and what is known of a department are no sample of its cases.
NO_SAMPLES = ("departments", "marks")
# More different values than that are not drawn one by one: their mean is normal by then.
MOST_VALUES = 50


@dataclass(frozen=True, eq=False)
class Observed:
    """What the rows behind one or more measure uses hold: `counts` are departments x values.

    `prior` is added to the counts, in cases. `worth` says what each value is worth to a use, for all departments or
    for each. `variances` are those of the rows' values where a department has too many to count, NaN elsewhere.
    """

    name: str
    counts: "Floats"
    prior: "Floats"
    worth: Mapping[str, "Floats"]
    variances: "Floats | None" = None


def observe(
    engine: Engine,
    relations: Mapping[str, Relation],
    plan: Plan,
    departments: Sequence[Department],
    as_of: date,
) -> list[Observed]:
    """Return the distributions behind the means, and behind the shares that have their column in common with another."""
    observer = _Observer(engine, [department.id for department in departments])
    found: list[Observed] = []
    for name, relation in sorted(relations.items()):
        uses = [use for _, use in sorted(plan.uses.items()) if use.measure.table == name]
        uses = [use for use in uses if use.measure.kind in (Aggregate.SHARE, Aggregate.MEAN)]
        if name in NO_SAMPLES or not uses:
            continue
        counters = compile_uses(engine, uses, relation.columns, plan, as_of)
        known = [item for item in counters if item.columns <= relation.available]
        for column, together in _by_column(known, relation):
            found += observer.labelled(relation, column, together)
        labelled = {key for item in found for key in item.worth}
        rest = [item for item in known if item.kind is Aggregate.MEAN and item.use.key not in labelled]
        found += [observer.valued(relation, item) for item in rest]
    return found


def _judging_text(item: Counter) -> Rendered:
    """Return the text that says what a counted row is worth."""
    wanted = item.use.hit or item.use.value
    return next(rendered for clause, rendered, _ in item.texts if clause is wanted)


def _by_column(counters: Sequence[Counter], relation: Relation) -> list[tuple[str, list[Counter]]]:
    """Return the uses that look at one labelled column alone, by column."""
    found: dict[str, list[Counter]] = defaultdict(list)
    for item in counters:
        columns = sorted(_judging_text(item).columns)
        if len(columns) == 1 and relation.columns[columns[0]].type is ColumnType.LABEL:
            found[columns[0]].append(item)
    return sorted(found.items())


def _rows_of(item: Counter) -> str:
    return item.valued if item.kind is Aggregate.MEAN else item.counted or "TRUE"


class _Observer:
    def __init__(self, engine: Engine, ids: Sequence[str]) -> None:
        self._engine, self._places = engine, {name: place for place, name in enumerate(ids)}

    def labelled(self, relation: Relation, column: str, counters: Sequence[Counter]) -> Iterator[Observed]:
        """Yield one distribution for all uses that count the same rows; a share alone needs none."""
        waiting = list(counters)
        while waiting:
            first = waiting[0]
            same = [item for item in waiting if item is first or self._same_rows(relation, first, item)]
            waiting = [item for item in waiting if item not in same]
            if len(same) > 1 or first.kind is Aggregate.MEAN:
                yield self._distribution(relation, column, same)

    def _same_rows(self, relation: Relation, one: Counter, other: Counter) -> bool:
        first, second = _rows_of(one), _rows_of(other)
        differs = f"coalesce({first}, false) <> coalesce({second}, false)"
        return first == second or self._engine.one(
            f"SELECT count(*) FROM {quoted(relation.name)} WHERE {differs}"
        ) == (0,)

    def _distribution(self, relation: Relation, column: str, same: Sequence[Counter]) -> Observed:
        """Return the counts by label; a label that nobody gave can still be given, so that it has its place."""
        rows = self._engine.rows(
            f"SELECT department, {quoted(column)}, count(*) FROM {quoted(relation.name)} "
            f"WHERE {_rows_of(same[0])} GROUP BY ALL"
        )
        labels: list[str | None] = list(dict.fromkeys(relation.columns[column].labels))
        labels += sorted({row[1] for row in rows if row[1] is not None} - {*labels})
        labels += [None] if any(row[1] is None for row in rows) else []
        worth = np.array([self._worth(item, column, labels) for item in same], dtype=float)
        possible = ~np.isnan(worth).any(axis=0)
        counts = np.zeros((len(self._places), len(labels)))
        for department, label, count in rows:
            if department in self._places:
                counts[self._places[department], labels.index(label)] = count
        shares = [
            values > 0 for item, values in zip(same, worth, strict=True) if item.kind is Aggregate.SHARE
        ]
        prior = _prior([hits[possible] for hits in shares], int(possible.sum()))
        values = {item.use.key: own[possible] for item, own in zip(same, worth, strict=True)}
        return Observed("|".join(sorted(values)), counts[:, possible], prior, values)

    def _worth(self, item: Counter, column: str, labels: Sequence[str | None]) -> list[float]:
        """Return what each label is worth to a use; NaN for one that does not count."""
        text = _judging_text(item).sql
        wanted = text if item.kind is Aggregate.MEAN else f"coalesce({text}, false)::INTEGER"
        texts = ("NULL" if label is None else literal(label) for label in labels)
        listed = ", ".join(f"({place}, {label}::VARCHAR)" for place, label in enumerate(texts))
        table = f"(VALUES {listed}) AS labels(place, {quoted(column)})"
        rows = self._engine.rows(f"SELECT place, {wanted} FROM {table} ORDER BY place")
        return [float("nan") if value is None else float(value) for _, value in rows]

    def valued(self, relation: Relation, item: Counter) -> Observed:
        """Return the values that the rows of a mean have, or their variance where there are too many."""
        grouped = (
            f"SELECT department, {item.value} AS v, count(*) AS n "
            f"FROM {quoted(relation.name)} WHERE {item.valued} GROUP BY ALL"
        )
        several = f"QUALIFY count(*) OVER (PARTITION BY department) <= {MOST_VALUES} ORDER BY department, v"
        by_department: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for department, value, count in self._engine.rows(f"SELECT * FROM ({grouped}) {several}"):
            if department in self._places:
                by_department[self._places[department]].append((float(value), count))
        width = max(map(len, by_department.values()), default=0)
        counts, worth = np.zeros((2, len(self._places), width))
        for place, pairs in by_department.items():
            worth[place, : len(pairs)], counts[place, : len(pairs)] = zip(*pairs, strict=True)
        variances = self._variances(relation, item, set(by_department))
        return Observed(item.use.key, counts, np.zeros(width), {item.use.key: worth}, variances)

    def _variances(self, relation: Relation, item: Counter, counted: set[int]) -> "Floats | None":
        rows = self._engine.rows(
            f"SELECT department, var_pop(({item.value})::DOUBLE) "
            f"FROM {quoted(relation.name)} WHERE {item.valued} GROUP BY department"
        )
        found = np.full(len(self._places), np.nan)
        for department, variance in rows:
            place = self._places.get(department)
            if place is not None and place not in counted:
                found[place] = variance
        return None if np.isnan(found).all() else found


def _prior(shares: Sequence["Flags"], number: int) -> "Floats":
    """Return one case spread over the labels: for a share half of it over its hits and half over the others.

    So a share has Jeffreys' prior, as it has alone; over several shares the mean of what each asks for.
    """
    even = np.full(number, 1 / number)
    asked = [
        np.where(hits, 0.5 / hits.sum(), 0.5 / (~hits).sum()) if hits.any() and not hits.all() else even
        for hits in shares
    ]
    return np.mean(asked, axis=0) if asked else even
