"""A measure use as counters: SQL predicates that a grouped scan counts, and sums that it adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .engine import Engine
from .errors import DubanError, MeasureError, raise_all
from .measures import ParameterValue
from .plan import MeasureUse, Plan
from .sql import Clause, Part, Rendered, Scope, Wanted, check_types, render
from .tables import Column
from .terms import Aggregate


@dataclass(frozen=True)
class Counter:
    """What one measure use asks of its table: which rows count, which of them hit, what they are worth.

    `counted` and `hit` are predicates, empty where all rows count; NULL neither counts nor hits. Where the measure has
    a value, a row without one does not count. `columns` are all columns read, `shown` those that say why.
    """

    use: MeasureUse
    counted: str
    hit: str | None
    value: str | None
    quantile: Fraction
    columns: frozenset[str]
    shown: frozenset[str]
    texts: tuple[tuple[Clause, Rendered, Wanted], ...]

    @property
    def kind(self) -> Aggregate:
        """How the rows become one value."""
        return self.use.measure.kind

    def sums(self) -> list[str]:
        """Return the aggregate expressions of the grouped scan: the count, then the hits or the sum where it has one."""
        if self.value is None:
            return [count_of(self.counted)] + ([] if self.hit is None else [count_of(self.hit)])
        worth = f"CASE WHEN {self.counted} THEN {self.value} END" if self.counted else self.value
        added = [] if self.kind is Aggregate.QUANTILE else [f"coalesce(sum({worth}), 0)"]
        return [f"count({worth})", *added]

    @property
    def valued(self) -> str:
        """The predicate of the rows that count and have a value where the measure wants one, never empty."""
        known = [] if self.value is None else [f"({self.value}) IS NOT NULL"]
        return " AND ".join([*([self.counted] if self.counted else []), *known]) or "TRUE"


def counter(use: MeasureUse, columns: Mapping[str, Column], plan: Plan, as_of: date) -> Counter:
    """Return the counter of a measure use over a table with these columns.

    Raises: MeasureError, where one of its texts does not fit the table.
    """
    bindings = bindings_of(use, plan, as_of)
    scope = Scope(columns, bindings, plan.ruleset.scales)
    count = render(use.count, scope)
    where = None if use.where is None else render(use.where, scope)
    hit = None if use.hit is None else render(use.hit, scope)
    value = None if use.value is None else render(use.value, scope)
    parts = [
        *count.parts,
        *(where.parts if where else ()),
    ]
    named: list[tuple[Clause | None, Rendered | None, Wanted]] = [
        (use.count, count, "boolean"),
        (use.where, where, "boolean"),
        (use.hit, hit, "boolean"),
        (use.value, value, "number"),
    ]
    texts = tuple(
        (clause, text, kind) for clause, text, kind in named if clause is not None and text is not None
    )
    return Counter(
        use=use,
        counted=all_of(parts),
        hit=None if hit is None else all_of([*parts, *hit.parts]),
        value=None if value is None else value.sql,
        quantile=use.quantile,
        columns=frozenset().union(*(text.columns for _, text, _ in texts)),
        shown=count.columns
        | (hit.columns if hit else frozenset())
        | (value.columns if value else frozenset()),
        texts=texts,
    )


def compile_uses(
    engine: Engine, uses: Iterable[MeasureUse], columns: Mapping[str, Column], plan: Plan, as_of: date
) -> list[Counter]:
    """Return the counters of uses over a table with these columns, every text resolved and type-checked.

    Raises: MeasureError, or Problems where several texts are wrong.
    """
    counters: list[Counter] = []
    errors: dict[str, DubanError] = {}
    for use in uses:
        try:
            counters.append(counter(use, columns, plan, as_of))
        except MeasureError as error:
            # Several uses of one measure have the same mistake at the same place.
            errors.setdefault(str(error), error)
    raise_all(list(errors.values()))
    texts = dict.fromkeys(text for item in counters for text in item.texts)
    check_types(engine, columns, list(texts))
    return counters


def bindings_of(use: MeasureUse, plan: Plan, as_of: date) -> dict[str, ParameterValue | date | None]:
    """Return the values of all `:names` that the texts of a use may hold; None for those without a value."""
    period = plan.period
    defaults = {name: parameter.default for name, parameter in use.measure.parameters.items()}
    return {
        **defaults,
        **use.parameters,
        "as_of": as_of,
        "period_from": period.start if period else None,
        "period_to": period.end if period else None,
    }


def all_of(parts: Iterable[Part]) -> str:
    """Return the conjunction of parts, each once and in one order, so that equal predicates are equal texts.

    A part that holds whenever the others do is left out: every predicate is paid for once a row.
    """
    distinct = {part for part in parts if part.sql != "TRUE"}
    needed = [part for part in distinct if not any(part.given & other.needs for other in distinct - {part})]
    return " AND ".join(sorted(part.sql for part in needed))


def count_of(predicate: str) -> str:
    """Return the number of rows for which a predicate is true."""
    # count_if over nothing but NULL is NULL; to mend that here costs once a group, inside it once a row.
    return f"coalesce(count_if({predicate}), 0)" if predicate else "count(*)"
