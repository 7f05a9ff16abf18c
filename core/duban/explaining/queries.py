"""The SQL behind the numbers, runnable by hand: the checked predicates over the typed tables, as Parquet files."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from duban.counters import Counter, compile_uses
from duban.engine import Engine, literal, quoted
from duban.errors import one_line
from duban.plan import MeasureUse, Plan
from duban.relations import Relation
from duban.replacing import new_folder
from duban.results import Department
from duban.stages.measuring import histogram
from duban.terms import Aggregate

from .naming import Named


class Query(NamedTuple):
    """What one measure use asks of its table for one department; `text` ends with the query that gives the numbers.

    Its columns are `counted`, then `hits`, `total` or `quantile` where the measure has one.
    """

    use: str
    table: str
    text: str


class Queries:
    """Writes the queries of one run, over its typed tables."""

    def __init__(self, engine: Engine, relations: Mapping[str, Relation], plan: Plan, as_of: date) -> None:
        self._engine, self._relations, self._plan, self._as_of = engine, relations, plan, as_of

    def uses(self, department: Department, rule: Named) -> list[MeasureUse]:
        """Return the measure uses behind a rule, those that a formula is worked out from in its place."""
        keys: dict[str, None] = {}
        for key in self._keys(department, rule):
            keys |= dict.fromkeys(self._counting(key))
        return [self._plan.uses[key] for key in keys]

    def _keys(self, department: Department, rule: Named) -> Iterator[str]:
        plan = self._plan
        for criterion in plan.criteria:
            if rule in (("criteria", criterion.id), ("dimensions", criterion.rule.dimension)):
                use = criterion.use_for(department)
                yield from [] if use is None else [use.key]
        for adjustment in plan.adjustments:
            if rule == ("adjustments", adjustment.id):
                yield from [] if adjustment.use is None else [adjustment.use.key]
                yield from sorted(adjustment.condition.names) if adjustment.condition is not None else []
        for gate in plan.gates:
            if rule == ("gates", gate.id):
                yield from sorted(gate.condition.names)

    def _counting(self, key: str) -> Iterator[str]:
        use = self._plan.uses.get(key)
        if use is not None and use.formula is not None:
            for name in sorted(use.formula.measures):
                yield from self._counting(name)
        elif use is not None:
            yield key

    def query(self, use: MeasureUse, department: Department) -> Query | None:
        """Return the query of one measure use, None where its table or a column of it is not there."""
        relation = self._relations.get(use.measure.table)
        if relation is None:
            return None
        (counter,) = compile_uses(self._engine, [use], relation.columns, self._plan, self._as_of)
        if not counter.columns <= relation.available:
            return None
        title = one_line(f"{use.measure.title}（{use.key}）：{department.name}")
        text = f"-- {title}\n{_counted(counter, relation, department.id)};\n"
        return Query(use.key, relation.table, text)

    def write(self, department: Department, rules: Iterable[Named], folder: Path) -> list[str]:
        """Write one file of SQL a rule, and the tables that they ask, into a folder; return the names of the files.

        Raises: OutputError, for a folder that is not duban's to replace, and for a disk that is full or forbidden.
        """
        texts: dict[str, str] = {}
        tables: set[str] = set()
        for rule in rules:
            found = [self.query(use, department) for use in self.uses(department, rule)]
            queries = [query for query in found if query is not None]
            if queries:
                texts[f"{rule.section}.{rule.id}.sql"] = "\n".join(query.text for query in queries)
                tables |= {query.table for query in queries}
        with new_folder(folder) as fresh:
            for table in sorted(tables):
                self._export(self._relations[table], fresh / f"{table}.parquet")
            for name, text in texts.items():
                (fresh / name).write_text(text, "utf-8")
        return [*texts, *(f"{table}.parquet" for table in sorted(tables))]

    def _export(self, relation: Relation, target: Path) -> None:
        """Write a typed table as Parquet; the engine itself writes nowhere but into its own folder."""
        made = self._engine.spill / f"export_{relation.table}.parquet"
        self._engine.run(
            f"COPY (SELECT * FROM {quoted(relation.name)} ORDER BY ALL) TO {literal(str(made))} (FORMAT parquet)"
        )
        shutil.copyfile(made, target)


def _counted(counter: Counter, relation: Relation, department: str) -> str:
    """Return the rows that count, for the eye, then the numbers that they make."""
    source = quoted(f"{relation.table}.parquet")
    own = f"department = {literal(department)}"
    case = [quoted("case_id")] if "case_id" in relation.available else []
    shown = [*case, *(quoted(name) for name in sorted(counter.columns - {"case_id", "department"}))]
    worth = counter.value or (f"coalesce({counter.hit}, FALSE)" if counter.hit else None)
    columns = [*shown, *([f"{worth} AS {'worth' if counter.value else 'hit'}"] if worth else [])]
    rows = f"SELECT {', '.join(columns) or 'count(*)'}\nFROM {source}\nWHERE {own} AND {counter.valued}" + (
        f"\nORDER BY {case[0]}" if case else ""
    )
    if counter.kind is Aggregate.QUANTILE:
        alone = replace(relation, name=f"{relation.table}.parquet")
        number = histogram(alone, counter.value or "", f"{own} AND {counter.valued}", [counter.quantile])
        count = f"(SELECT count(*) FROM {source} WHERE {own} AND {counter.valued})"
        return f"{rows};\n\nSELECT {count} AS counted, * EXCLUDE (department) FROM ({number}) AS found(department, quantile)"
    names = ["counted", "total" if counter.value else "hits"]
    sums = ", ".join(f"{text} AS {name}" for text, name in zip(counter.sums(), names, strict=False))
    return f"{rows};\n\nSELECT {sums}\nFROM {source}\nWHERE {own}"
