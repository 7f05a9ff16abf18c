"""Items: single rows with their marks add up to the figures, before and after rows are changed."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import Row, case
from measuring import AS_OF, ledger, plan_with, use_of

import duban_samples
from duban.engine import Engine
from duban.figuring import figure_of
from duban.items import Item, Mark
from duban.measures import Measure, Parameter
from duban.pipeline import run
from duban.plan import MeasureUse, Plan
from duban.refiguring import figures_changed
from duban.results import Department, Figure, Figures
from duban.stages.itemising import itemised
from duban.stages.measuring import measure
from duban.terms import Aggregate, Status

DEPARTMENTS = [Department(name, name) for name in ("a", "b", "idle")]
USES = [
    use_of(Measure("share", "率", "role = 'lead'", hit="contacts > 1")),
    use_of(Measure("number", "数", "contacts >= 2")),
    use_of(Measure("sum", "和", value="contacts", aggregate=Aggregate.SUM)),
    use_of(Measure("mean", "均", "role = 'lead'", value="amount * 3")),
    use_of(Measure("middle", "中", value="contacts", aggregate=Aggregate.QUANTILE)),
    use_of(
        Measure(
            "high",
            "高",
            value="amount",
            aggregate=Aggregate.QUANTILE,
            quantile="part",
            parameters={"part": Parameter(Decimal)},
        ),
        part=Decimal("0.9"),
    ),
    use_of(Measure("all", "全", hit="true")),
    use_of(Measure("absent", "缺", "round = 1")),
]
PLAN = plan_with(*USES)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "department": st.sampled_from(["a", "b", "unknown"]),
            "role": st.sampled_from(["lead", "co"]),
            "contacts": st.none() | st.integers(-2, 5),
            "amount": st.none() | st.sampled_from(["0.1", "1.5", "-2.25"]),
        }
    ),
    max_size=10,
)
SAMPLE = Path(duban_samples.__file__).parent / "harbin-2023"
Drawn = list[dict[str, Any]]


def counted(rows: Sequence[Row], plan: Plan = PLAN) -> tuple[Figures, list[Item]]:
    with Engine() as engine:
        relations = {"cases": ledger(engine, rows)}
        figures = measure(engine, relations, plan, DEPARTMENTS, AS_OF).figures
        return figures, itemised(engine, relations, plan, DEPARTMENTS, AS_OF)


def cases(rows: Drawn) -> list[Row]:
    """Return rows with numbers for their ids; one row more has every column, of a department that nobody knows."""
    whole = case("x", "unknown", role="lead", contacts=1, amount="1")
    return [whole, *(case(number, **row) for number, row in enumerate(rows))]


def test_a_row_says_whether_it_counts_hits_and_what_it_is_worth() -> None:
    _, (first, second) = counted(
        [
            case(1, "a", role="lead", contacts=3, amount="1.5"),
            case(2, "b", role="co", contacts=None, amount=None),
        ]
    )
    assert first[:4] == ("cases", "a", "1", "lead")
    assert (first.file, first.row, second.row) == (0, 2, 3)
    assert first.marks["share"] == Mark(True, True)
    assert first.marks["number"] == Mark(True)
    assert first.marks["mean"] == Mark(True, None, Fraction(9, 2))
    assert {key: mark.counted for key, mark in second.marks.items() if mark.counted} == {"all": True}
    assert "absent" not in first.marks


def test_rows_with_equal_marks_share_them() -> None:
    _, items = counted([case(number, "a", role="co", contacts=1) for number in range(3)])
    assert len({id(item.marks) for item in items}) == 1


def test_a_table_without_cases_has_items_too() -> None:
    use = use_of(Measure("m", "评分", table="marks", value="mark"))
    with Engine() as engine:
        relations = {"marks": ledger(engine, [{"department": "a", "criterion": "c", "mark": "1.5"}], "marks")}
        (item,) = itemised(engine, relations, plan_with(use), DEPARTMENTS, AS_OF)
    assert (item.table, item.case_id, item.role) == ("marks", None, None)
    assert item.marks["m"].value == Fraction(3, 2)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, ROWS, st.data())
def test_figures_of_a_changed_ledger_are_those_that_it_would_have(
    kept: Drawn, added: Drawn, data: st.DataObject
) -> None:
    removed = data.draw(ROWS)
    before, items = counted(cases([*kept, *removed]))
    after, later = counted(cases([*kept, *added]))
    last = {str(number) for number in range(len(kept), len(kept) + max(len(removed), len(added)))}
    out = [item for item in items if item.case_id in last]
    into = [item for item in later if item.case_id in last]
    assert figures_changed(PLAN, DEPARTMENTS, before, items, out, into) == after


def test_the_rows_of_a_run_add_up_to_its_figures() -> None:
    """The sample has tables of plugins beside the ledger, marks, and every kind of measure."""
    made = run(SAMPLE, write=False)
    assert made.evaluated is not None
    assert made.items is not None
    plan, departments, figures, _ = made.evaluated
    nothing = {
        key: [empty_figure(plan.uses[key], figure) for figure in column] for key, column in figures.items()
    }
    added = figures_changed(plan, departments, nothing, (), (), made.items)
    assert added == figures


def empty_figure(use: MeasureUse, figure: Figure) -> Figure:
    """Return what a department without rows has; what is not available stays so."""
    kind = use.measure.kind
    if figure.status is Status.NOT_AVAILABLE or kind is Aggregate.FORMULA:
        return figure
    return figure_of(kind, 0, *() if kind is Aggregate.NUMBER else (0,))
