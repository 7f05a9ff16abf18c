"""The measures, derived columns and checks of a plugin over a large made-up ledger, all in a few scans."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duban.counters import compile_uses
from duban.derived import check_columns, with_derived
from duban.engine import Engine, quoted
from duban.errors import DubanError
from duban.exact import plain
from duban.formulas import work_out
from duban.loading import LoadedRuleset, load_ruleset
from duban.plan import Plan
from duban.relations import SQL_TYPES, Relation
from duban.resolving import resolve
from duban.results import Figures
from duban.stages.measuring import measure
from duban.tables import Table, known_tables
from duban.view import build_view

from .faults import Fault, each
from .looking import MOST, broken_rows
from .making import Rows, departments, large_ledger, spread, stored
from .parameters import settings
from .registering import Registered
from .row_checks import let_through, of_checks, of_department_checks, of_text
from .values import AS_OF, constants_of
from .workspaces import toml

_PERIOD = {"from": date(2022, 1, 1), "to": date(2024, 12, 31)}
_USE = "duban_shows_"


@dataclass(frozen=True)
class _Rules:
    """Rules that use everything of a plugin, and the tables that they speak of."""

    loaded: LoadedRuleset
    plan: Plan
    tables: Mapping[str, Table]


def reckoned(plugin: Registered) -> list[Fault]:
    """Return what is wrong with the texts of a plugin, and with the numbers that they give."""
    if not any(plugin.things[kind] for kind in ("measures", "columns", "checks")):
        return []
    try:
        rules = _rules(plugin)
        ledger = large_ledger(_used(plugin, rules), constants_of(_texts(plugin)))
        with Engine() as engine:
            return list(_faults(engine, plugin, rules, ledger))
    except DubanError as error:
        return [of_text(one) for one in each(error)]


def _faults(engine: Engine, plugin: Registered, rules: _Rules, ledger: Mapping[str, Rows]) -> Iterator[Fault]:
    wrong = list(of_checks(engine, plugin, rules.tables, ledger))
    yield from wrong
    if not wrong:
        ledger = let_through(engine, plugin, rules.tables, ledger)
    views = _views(engine, rules, ledger)
    yield from of_department_checks(engine, plugin, views, ledger)
    yield from _of_unknown(engine, plugin, rules, views)
    relations = _derived(engine, plugin, rules, views)
    mine = plugin.things["measures"].keys()
    for name, relation in sorted(relations.items()):
        uses = [use for use in rules.plan.uses.values() if use.formula is None and use.measure.table == name]
        for counter in compile_uses(engine, uses, relation.columns, rules.plan, AS_OF):
            if counter.use.measure.id in mine:
                yield from broken_rows(engine, relation, counter)
    figures = _figures(engine, rules, relations, ledger)
    if any(use.formula for use in rules.plan.uses.values()):
        thin = _figures_of(engine, plugin, rules, spread(ledger))
        yield from _of_formulas(rules.plan, {key: [*figures[key], *thin[key]] for key in figures}, mine)
    backwards = {name: list(reversed(rows)) for name, rows in ledger.items()}
    turned = _figures_of(engine, plugin, rules, backwards)
    for key, use in rules.plan.uses.items():
        if figures[key] != turned[key] and use.measure.id in mine:
            yield Fault("depends_on_order", f"measures.{use.measure.id}")


def _rules(plugin: Registered) -> _Rules:
    """Return rules that use every measure, at the ends of its parameters, and every derived column."""
    criteria: list[dict[str, Any]] = [
        {"measure": item.id, "with": given} if given else {"measure": item.id}
        for item in plugin.things["measures"].values()
        for given in settings(item)
    ]
    columns = plugin.things["columns"].values()
    shown = {
        f"{_USE}{item.id}": {"title": "检查", "table": item.table, "count": f"{item.id} is not null"}
        for item in columns
    }
    criteria += [{"measure": name} for name in shown]
    text: dict[str, Any] = {
        "format": 1,
        "id": "check",
        "title": "检查",
        "deadlines": {"reply": {"days": 30}},
        "measures": shown,
        "dimensions": {"all": {"title": "全部"}},
        "criteria": {
            f"c{number}": {"title": "检查", "dimension": "all", "points": 1, **item}
            for number, item in enumerate(criteria)
        },
    }
    if any(":period_" in one for one in _texts(plugin)):
        # Without one, cases of all days are measured.
        text["period"] = _PERIOD
    registry, tables = plugin.registry, known_tables(plugin.registry.tables.values())
    with TemporaryDirectory(prefix="duban-") as folder:
        (Path(folder) / "ruleset.toml").write_text(toml(text), "utf-8")
        loaded = load_ruleset("ruleset.toml", Path(folder), "ruleset.toml", registry.rulesets)
    plan = resolve(loaded, registry, tables, None)
    check_columns(registry.columns.values(), registry.origins, tables, plan)
    return _Rules(loaded, plan, tables)


def _texts(plugin: Registered) -> Iterator[str]:
    for item in plugin.things["measures"].values():
        yield from (text for text in (item.count, item.hit, item.value) if text)
    yield from (item.sql for item in plugin.things["columns"].values() if item.sql)
    for check in plugin.things["checks"].values():
        yield check.offends
        yield from [check.by_department.among] if check.by_department else []


def _used(plugin: Registered, rules: _Rules) -> dict[str, Table]:
    """Return the tables that the plugin speaks of, with the cases and the departments, which come with any of them."""
    named = {use.measure.table for use in rules.plan.uses.values()}
    named |= {check.table for check in plugin.things["checks"].values()}
    return {name: table for name, table in rules.tables.items() if name in {*named, "cases", "departments"}}


def _views(engine: Engine, rules: _Rules, ledger: Mapping[str, Rows]) -> Mapping[str, Relation]:
    """Store a ledger and return its views: what measures and derived columns read."""
    relations = {
        name: stored(engine, rules.tables[name], rows)
        for name, rows in sorted(ledger.items())
        if not rules.tables[name].extends
    }
    plan = rules.plan
    view = build_view(
        engine, relations, departments(ledger), plan.ruleset, plan.period, AS_OF, rules.loaded.at
    )
    return view.relations


def _derived(
    engine: Engine, plugin: Registered, rules: _Rules, views: Mapping[str, Relation]
) -> Mapping[str, Relation]:
    registry = plugin.registry
    columns = list(registry.columns.values())
    return with_derived(engine, views, columns, registry.origins, rules.plan, AS_OF).relations


def _figures(
    engine: Engine, rules: _Rules, relations: Mapping[str, Relation], ledger: Mapping[str, Rows]
) -> Figures:
    measured = measure(engine, relations, rules.plan, departments(ledger), AS_OF)
    return work_out(rules.plan, departments(ledger), measured.figures)


def _figures_of(engine: Engine, plugin: Registered, rules: _Rules, ledger: Mapping[str, Rows]) -> Figures:
    views = _views(engine, rules, ledger)
    return _figures(engine, rules, _derived(engine, plugin, rules, views), ledger)


def _of_formulas(plan: Plan, figures: Figures, mine: Collection[str]) -> Iterator[Fault]:
    """Yield the formulas without a unit that leave 0..1, with what the measures that they name came to."""
    for key, use in plan.uses.items():
        if use.formula is None or use.measure.id not in mine or use.measure.unit not in MOST:
            continue
        for place, figure in enumerate(figures[key]):
            if figure.value is not None and not 0 <= figure.value <= MOST[use.measure.unit]:
                parts = [(name, figures[name][place]) for name in sorted(use.formula.measures)]
                example = ", ".join(
                    f"{name}={_number(one.value)} ({one.hits}/{one.count})" for name, one in parts
                )
                facts = {"value": plain(figure.value), "most": MOST[use.measure.unit]}
                yield Fault("rate_out_of_range", f"measures.{use.measure.id}", facts, (example,))
                break


def _number(value: Any) -> str:
    return "—" if value is None else plain(value)


def _of_unknown(
    engine: Engine, plugin: Registered, rules: _Rules, views: Mapping[str, Relation]
) -> Iterator[Fault]:
    """Yield the derived columns that say something of a row of which nothing is known."""
    empty = {name: _all_unknown(engine, relation) for name, relation in views.items()}
    made = _derived(engine, plugin, rules, empty)
    for id, column in plugin.things["columns"].items():
        relation = made.get(column.table)
        if relation is None or id not in relation.derived:
            continue
        needs = sorted(relation.derived[id].needs)
        # That an event has no date says that it has not happened; that is known.
        if all(relation.columns[name].event for name in needs):
            continue
        (value,) = engine.one(f"SELECT {quoted(id)} FROM {quoted(relation.name)}")
        if value is not None:
            example = ", ".join(f"{name}=—" for name in needs)
            yield Fault("unknown_is_answered", f"columns.{id}", {"value": value}, (example,))


def _all_unknown(engine: Engine, relation: Relation) -> Relation:
    name = f"{relation.name}_unknown"
    cells = ", ".join(
        f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {quoted(id)}" for id, column in relation.columns.items()
    )
    engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT 0 AS _file, 2 AS _row, {cells}")
    return replace(relation, name=name)
