"""Columns that plugins derive: worked out over the view, where a text of the rules names them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb

from .added_columns import derived_columns, described
from .deadlines import bindings
from .derived_functions import RESULT, evaluate
from .engine import Engine, literal, quoted
from .errors import DubanError, PluginError, raise_all
from .findings import Finding, finding
from .language.text import fail
from .methods import DerivedColumn
from .plan import Plan
from .relations import SQL_TYPES, Derivation, Relation
from .rows import COLUMN_TYPES
from .sql import Clause, Rendered, Scope, Wanted, check_types, column_names, first_line, parse, render
from .tables import CASES, Column, Table
from .terms import Aggregate, ColumnType

# More rows of one kind than a clerk will ever read; the sentence says how many there are in all.
LISTED_ROWS = 20_000
_WANTED: Mapping[type, Wanted] = {
    int: "integer",
    Decimal: "number",
    str: "text",
    bool: "boolean",
    date: "date",
}


class Derived(NamedTuple):
    """The relations with the derived columns that are used, and what was noticed."""

    relations: Mapping[str, Relation]
    findings: Sequence[Finding]


def check_columns(
    columns: Iterable[DerivedColumn],
    origins: Mapping[tuple[str, str], str],
    tables: Mapping[str, Table],
    plan: Plan,
) -> None:
    """Check the derived columns that the plan names against the columns that their tables are declared with.

    Raises: PluginError or MeasureError; all together.
    """
    errors: list[DubanError] = []
    for column in _used(columns, plan):
        if column.table in tables:
            added = derived_columns(plan.ruleset) if column.table == CASES.name else {}
            known = {**tables[column.table].columns, **added}
            errors += _misfits(column, origins["columns", column.id], known)
    raise_all(errors)


def _misfits(column: DerivedColumn, plugin: str, known: Mapping[str, Column]) -> list[DubanError]:
    place = {"plugin": plugin, "column": column.id, "table": column.table}
    found: list[DubanError] = []
    if column.id in known:
        found.append(PluginError("column_takes_name", **place))
    for name in column.needs:
        if name not in known:
            found.append(PluginError("column_needs_unknown", **place, name=name, known=list(known)))
    if column.sql is not None:
        try:
            parse(_clause(column, plugin))
        except DubanError as error:
            found.append(error)
    return found


def with_derived(
    engine: Engine,
    relations: Mapping[str, Relation],
    columns: Sequence[DerivedColumn],
    origins: Mapping[tuple[str, str], str],
    plan: Plan,
    as_of: date,
) -> Derived:
    """Return the relations with the derived columns of their tables; only those that the plan names are worked out.

    `origins` says which plugin a ("columns", id) came from.

    Raises: MeasureError, where a text does not fit its table; PluginError, for what a function gives; Problems.
    """
    shaped: dict[str, Relation] = {}
    findings: list[Finding] = []
    for name, relation in sorted(relations.items()):
        mine = [column for column in columns if column.table == name]
        used = _used(mine, plan)
        owners = {column.id: origins["columns", column.id] for column in mine}
        findings += [_replaced(relation, column) for column in used if column.id in relation.columns]
        base = _without(relation, used)
        made = _Deriver(engine, base, mine, owners, plan, as_of).derive(used) if used else base
        findings += _unread(engine, made, used)
        unused = {column.id: described(column) for column in mine if column.id not in made.columns}
        shaped[name] = replace(made, columns={**made.columns, **unused})
    return Derived(shaped, findings)


def failing_column(engine: Engine, relation: Relation, names: Collection[str]) -> PluginError | None:
    """Return the error of the first derived column among these names that fails on its own, None where none does."""
    for name in sorted(relation.derived.keys() & set(names)):
        try:
            engine.one(f"SELECT max({quoted(name)}) FROM {quoted(relation.name)}")
        except duckdb.Error as error:
            facts = {"plugin": relation.derived[name].plugin, "column": name, "reason": first_line(error)}
            return PluginError("column_not_computed", **facts)
    return None


def _used(columns: Iterable[DerivedColumn], plan: Plan) -> list[DerivedColumn]:
    """Return the columns that the text of a measure use names, by id."""
    named = {
        (use.measure.table, name)
        for use in plan.uses.values()
        if use.measure.kind is not Aggregate.FORMULA
        for clause in (use.count, use.hit, use.value, use.where)
        if clause is not None
        for name in column_names(clause)
    }
    return sorted((item for item in columns if (item.table, item.id) in named), key=lambda item: item.id)


def _replaced(relation: Relation, column: DerivedColumn) -> Finding:
    heading = relation.headings.get(column.id, column.id)
    return finding("column_replaced", table=relation.table, column=heading, value=column.id)


def _unread(engine: Engine, relation: Relation, used: Sequence[DerivedColumn]) -> list[Finding]:
    """Return a finding for each row from whose full cells a function made nothing: nobody else would tell of them."""
    functions = [column for column in used if column.function is not None and column.id in relation.available]
    return [item for column in functions for item in _unread_of(engine, relation, column)]


def _unread_of(engine: Engine, relation: Relation, column: DerivedColumn) -> Iterator[Finding]:
    full = [f"{quoted(name)} IS NOT NULL" for name in column.needs]
    cells = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in column.needs)
    rows = engine.rows(
        f"SELECT _file, _row, count(*) OVER (), {cells} FROM {quoted(relation.name)} "
        f"WHERE {' AND '.join([f'{quoted(column.id)} IS NULL', *full])} "
        f"ORDER BY _file, _row LIMIT {LISTED_ROWS}"
    )
    headings = [relation.headings.get(name, relation.columns[name].title_with_sheet) for name in column.needs]
    for number, row, count, *values in rows:
        file, sheet = relation.files[number] if number < len(relation.files) else ("", "")
        place = {"table": relation.table, "file": file, "sheet": sheet, "row": row}
        told = {"column": "、".join(headings), "value": "、".join(values)}
        yield finding("column_unread", **place, **told, name=column.title, count=count)


def _without(relation: Relation, used: Sequence[DerivedColumn]) -> Relation:
    """Return a relation without the columns of its files that have the name of a derived one."""
    ids = {column.id for column in used}
    kept = {name: column for name, column in relation.columns.items() if name not in ids}
    return replace(relation, columns=kept, available=relation.available - ids)


def _clause(column: DerivedColumn, plugin: str) -> Clause:
    return Clause(column.sql or "", plugin, f"{column.id}.sql")


class _Deriver:
    """Works out the used columns of one relation."""

    def __init__(
        self,
        engine: Engine,
        relation: Relation,
        known: Sequence[DerivedColumn],
        owners: Mapping[str, str],
        plan: Plan,
        as_of: date,
    ) -> None:
        self._engine, self._relation, self._owners = engine, relation, owners
        self._derived = {column.id for column in known}
        self._scope = Scope(relation.columns, bindings(plan.period, as_of), plan.ruleset.scales)

    def derive(self, used: Sequence[DerivedColumn]) -> Relation:
        """Return the relation with these columns, as a view; what rests on a column that is lacking is NULL."""
        texts = self._rendered([column for column in used if column.sql is not None])
        needs = {
            column.id: texts[column.id].columns if column.sql else frozenset(column.needs) for column in used
        }
        ready = [column for column in used if needs[column.id] <= self._relation.available]
        name = f"{self._relation.name}_derived"
        self._engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {self._query(used, ready, texts)}")
        made = replace(
            self._relation,
            name=name,
            columns={**self._relation.columns, **{column.id: described(column) for column in used}},
            available=self._relation.available | {column.id for column in ready},
            derived={column.id: Derivation(self._owners[column.id], needs[column.id]) for column in used},
        )
        self._check_labels(made, [column for column in ready if column.labels and column.sql is not None])
        return made

    def _rendered(self, columns: Sequence[DerivedColumn]) -> dict[str, Rendered]:
        """Return the texts as checked SQL, by column."""
        errors: list[DubanError] = []
        found: list[tuple[Clause, Rendered, Wanted]] = []
        for column in columns:
            clause = _clause(column, self._owners[column.id])
            try:
                self._refuse_derived(clause)
                found.append((clause, render(clause, self._scope), _WANTED[column.type]))
            except DubanError as error:
                errors.append(error)
        raise_all(errors)
        check_types(self._engine, self._scope.columns, found)
        return {column.id: rendered for column, (_, rendered, _) in zip(columns, found, strict=True)}

    def _refuse_derived(self, clause: Clause) -> None:
        for name in sorted(column_names(clause) & self._derived - self._scope.columns.keys()):
            raise fail(clause, "column_on_column", clause.text.find(name), name=name)

    def _query(
        self, used: Sequence[DerivedColumn], ready: Sequence[DerivedColumn], texts: Mapping[str, Rendered]
    ) -> str:
        """Return the query of the view: results of functions are joined inside, texts are worked out around that."""
        inner, joins, outer = [], [], []
        for column in used:
            kind = SQL_TYPES[COLUMN_TYPES[column.type]]
            if column not in ready:
                outer.append(f"CAST(NULL AS {kind}) AS {quoted(column.id)}")
            elif column.sql is not None:
                outer.append(f"{_typed(texts[column.id], column)} AS {quoted(column.id)}")
            else:
                store = f"{self._relation.name}_column_{column.id}"
                evaluate(self._engine, self._relation, column, self._owners[column.id], store)
                inner.append(f"{quoted(store)}.{RESULT} AS {quoted(column.id)}")
                joins.append(_join(store, column.needs))
        kept = [f"base.{quoted(name)}" for name in ("_file", "_row", *self._relation.columns)]
        source = f"SELECT {', '.join([*kept, *inner])} FROM {quoted(self._relation.name)} AS base {' '.join(joins)}"
        return f"SELECT {', '.join(['*', *outer])} FROM ({source})"

    def _check_labels(self, relation: Relation, columns: Sequence[DerivedColumn]) -> None:
        """Look once for a text that is none of its column's labels."""
        if not columns:
            return
        asked = [_strange(column) for column in columns]
        try:
            found = self._engine.one(f"SELECT {', '.join(asked)} FROM {quoted(relation.name)}")
        except duckdb.Error as error:
            failing = failing_column(self._engine, relation, {column.id for column in columns})
            raise failing or error from error
        raise_all(
            [
                PluginError(
                    "column_label_unknown",
                    plugin=self._owners[column.id],
                    column=column.id,
                    name=text,
                    known=list(column.labels),
                )
                for column, text in zip(columns, found, strict=True)
                if text is not None
            ]
        )


def _typed(rendered: Rendered, column: DerivedColumn) -> str:
    """Return a text as a column of its type; a decimal keeps the places that it has."""
    if column.type is int or (column.type is Decimal and rendered.type is ColumnType.INTEGER):
        return f"CAST({rendered.sql} AS {SQL_TYPES[COLUMN_TYPES[column.type]]})"
    return f"({rendered.sql})"


def _join(store: str, needs: Sequence[str]) -> str:
    same = " AND ".join(
        f"{quoted(store)}.{quoted(name)} IS NOT DISTINCT FROM base.{quoted(name)}" for name in needs
    )
    return f"LEFT JOIN {quoted(store)} ON {same}"


def _strange(column: DerivedColumn) -> str:
    """Return the first text of a column that is none of its labels, as SQL."""
    name, labels = quoted(column.id), ", ".join(literal(label) for label in column.labels)
    return f"min(CASE WHEN {name} NOT IN ({labels}) THEN {name} END)"
