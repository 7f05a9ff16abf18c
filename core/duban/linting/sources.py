"""What the rules declare and never use, what they ask for and nobody declares, and rules without a source."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from sqlglot import exp

from duban.deadlines import deadline_column
from duban.language.grammar import parse
from duban.plan import MeasureUse, Plan
from duban.registry import Registry
from duban.ruleset import Ruleset
from duban.sql import Clause, column_names
from duban.tables import CASES, DEPARTMENTS, OUTCOMES

from .fitting import clauses
from .lint import Lint

_SCORED = ("criteria", "adjustments", "gates")


class _Named(NamedTuple):
    """A column that a text of the rules names: in which table, by which use."""

    table: str
    column: str
    use: MeasureUse


def source_lints(plan: Plan, registry: Registry, columns: Mapping[str, Collection[str]]) -> Iterator[Lint]:
    """Return what is unused, undeclared or without a source; `columns` are those known of each table."""
    named = [*_named(plan)]
    used = {item.column for item in named} | _behind(registry, {(item.table, item.column) for item in named})
    yield from _unused(plan, used)
    yield from _undeclared(plan, named, columns)
    yield from _attributes(plan, registry, columns)
    yield from _outcomes(plan)
    yield from _without_source(plan)
    for number, _ in enumerate(plan.ruleset.incomplete):
        yield Lint("incomplete", ("incomplete", number), {"text": plan.ruleset.incomplete[number]})


def _named(plan: Plan) -> Iterator[_Named]:
    for use in plan.uses.values():
        for clause in clauses(use):
            yield from (_Named(use.measure.table, name, use) for name in sorted(column_names(clause)))


def _behind(registry: Registry, named: set[tuple[str, str]]) -> set[str]:
    """Return the columns from which the derived columns among those named are worked out."""
    found: set[str] = set()
    for column in registry.columns.values():
        if (column.table, column.id) in named:
            found |= {*column.needs}
            found |= column_names(Clause(column.sql, "", column.id)) if column.sql is not None else set()
    return found


def _unused(plan: Plan, used: Collection[str]) -> Iterator[Lint]:
    rules = plan.ruleset
    measures = {use.measure.id for use in plan.uses.values()}
    for section in ("measures", "sheets"):
        things = getattr(rules, section)
        yield from (Lint("measure_unused", (section, name)) for name in things if name not in measures)
    for name, deadline in rules.deadlines.items():
        # The longest extension is held against the ledger, whatever is counted.
        if deadline_column(name).name not in used and deadline.extended_months is None:
            yield Lint("deadline_unused", ("deadlines", name), {"column": deadline_column(name).name})
    starts = {start for deadline in rules.deadlines.values() for start in deadline.start}
    texts = [deadline.when for deadline in rules.deadlines.values() if deadline.when is not None]
    asked = {*used, *starts, *(name for text in texts for name in column_names(Clause(text, "", "")))}
    yield from (Lint("column_unused", ("columns", name)) for name in rules.columns if name not in asked)


def _undeclared(
    plan: Plan, named: Collection[_Named], columns: Mapping[str, Collection[str]]
) -> Iterator[Lint]:
    """Return columns in this ruleset's own texts that no table declares: perhaps a slip."""
    told = set()
    for item in named:
        known = columns.get(item.table, ())
        if item.column not in known and item.column not in told:
            told.add(item.column)
            facts = {"name": item.column, "known": known, "table": item.table}
            yield Lint("column_unknown", _place(plan, item), facts)
    for name, deadline in plan.ruleset.deadlines.items():
        cases = columns.get(CASES.name, ())
        for column in sorted(column_names(Clause(deadline.when or "true", "", ""))):
            if column not in cases:
                facts = {"name": column, "known": cases, "table": CASES.name}
                yield Lint("column_unknown", ("deadlines", name, "when"), facts)


def _attributes(plan: Plan, registry: Registry, columns: Mapping[str, Collection[str]]) -> Iterator[Lint]:
    """Return what conditions ask of the department list beyond its known columns: a column of its own, or a slip."""
    known = columns.get(DEPARTMENTS.name, ())
    names = [*known, *registry.measures, *plan.ruleset.measures, *plan.ruleset.sheets]
    for name, clause in {name: clause for name, clause in plan.attributes if name not in known}.items():
        path = tuple(int(part) if part.isdecimal() else part for part in clause.owner.split("."))
        if get_close_matches(name, names, n=1):
            yield Lint("attribute_like", path, {"name": name, "known": names})
        else:
            yield Lint("attribute_wanted", path, {"name": name})


def _place(plan: Plan, item: _Named) -> tuple[str | int, ...]:
    """Return the path of the text that names a column: a filter, or else the measure or sheet."""
    where = item.use.where
    if where is not None and item.column in column_names(where):
        return tuple(where.owner.split("."))
    section = "sheets" if item.use.measure.id in plan.ruleset.sheets else "measures"
    for key, clause in zip(
        ("count", "hit", "value"), (item.use.count, item.use.hit, item.use.value), strict=True
    ):
        if clause is not None and section == "measures" and item.column in column_names(clause):
            return (section, item.use.measure.id, key)
    return (section, item.use.measure.id)


def _outcomes(plan: Plan) -> Iterator[Lint]:
    """Return the general outcomes that a text counts, and to which no class of this place leads."""
    mapped = set(plan.ruleset.outcomes.values())
    if not mapped:
        return
    asked = {
        literal.name
        for use in plan.uses.values()
        for clause in clauses(use)
        for node in parse(clause).find_all(exp.EQ, exp.In)
        if isinstance(node.this, exp.Column) and node.this.name == "outcome"
        for literal in node.find_all(exp.Literal)
    }
    if "resolved" in asked and "resolved" not in mapped:
        yield Lint(
            "outcome_never",
            ("outcomes", next(iter(plan.ruleset.outcomes))),
            {"outcome": "resolved", "title": OUTCOMES["resolved"][0]},
        )


def _without_source(plan: Plan) -> Iterator[Lint]:
    """Return rules that rest on nothing: no `basis` of their own, of their dimension, or of the whole ruleset."""
    rules = plan.ruleset
    named = [(section, name) for section in _SCORED for name in getattr(rules, section)]
    bare = [path for path in named if not _has_source(rules, *path)]
    if not rules.basis and bare == named:
        yield from [Lint("no_source_at_all", ("basis",))] if bare else []
    elif not rules.basis:
        yield from (Lint("no_source", path) for path in bare)
    elif bare:
        titles = [getattr(rules, section)[name].title for section, name in bare]
        yield Lint("without_clause", ("basis",), {"count": len(bare), "titles": titles})


def _has_source(rules: Ruleset, section: str, name: str) -> bool:
    """Return whether a rule, or the dimension that it is in, says what it rests on."""
    rule = getattr(rules, section)[name]
    dimension = rules.dimensions.get(getattr(rule, "dimension", None) or "")
    return bool(rule.basis) or (dimension is not None and bool(dimension.basis))
