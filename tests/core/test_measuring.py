from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from ledgers import Row, case, typed_table
from measuring import AS_OF, figures_of, ledger, plan_with, use_of

from duban.counters import counter
from duban.engine import Engine
from duban.errors import MeasureError, Problems
from duban.findings import Finding
from duban.measures import Measure, Parameter
from duban.results import Department, Figure
from duban.ruleset import Period
from duban.stages.measuring import measure
from duban.tables import Column
from duban.terms import Aggregate, ColumnType, Status

TWO_DEPARTMENTS: Sequence[Row] = [
    case(1, "a", contacts=2, role="lead", amount="1.5"),
    case(2, "a", contacts=None, role="lead", amount="2.25"),
    case(3, "a", contacts=5, role="co", amount=None),
    case(4, "b", contacts=None, role="co", amount=None),
]


def one(
    count: str = "true",
    hit: str | None = None,
    value: str | None = None,
    aggregate: Aggregate | None = None,
    quantile: Fraction | str = Fraction(1, 2),
) -> Measure:
    return Measure("m", "口径", count, hit, value, aggregate, quantile)


def measured(item: Measure, where: str | None = None) -> list[Figure]:
    """Return the figures of a, b and idle."""
    return list(figures_of(TWO_DEPARTMENTS, use_of(item, where))["m"].values())


def test_a_share_is_hits_over_what_counts() -> None:
    shares = measured(one("role = 'lead'", hit="contacts > 1"))
    assert shares == [
        Figure(Status.MEASURED, 2, 1, Fraction(1, 2)),
        Figure(Status.NOT_APPLICABLE, 0, 0),
        Figure(Status.NOT_APPLICABLE, 0, 0),
    ]


def test_null_neither_counts_nor_hits() -> None:
    assert measured(one("contacts > 0", hit="amount > 1"))[0] == Figure(Status.MEASURED, 2, 1, Fraction(1, 2))
    assert measured(one("contacts > 0"))[1] == Figure(Status.MEASURED, 0, None, Fraction(0))


def test_where_narrows_what_counts() -> None:
    assert measured(one(hit="contacts > 1"), where="role = 'co'") == [
        Figure(Status.MEASURED, 1, 1, Fraction(1)),
        Figure(Status.MEASURED, 1, 0, Fraction(0)),
        Figure(Status.NOT_APPLICABLE, 0, 0),
    ]


def test_sum_and_mean_leave_out_rows_without_a_value() -> None:
    assert measured(one(value="contacts", aggregate=Aggregate.SUM)) == [
        Figure(Status.MEASURED, 2, None, Fraction(7)),
        Figure(Status.MEASURED, 0, None, Fraction(0)),
        Figure(Status.MEASURED, 0, None, Fraction(0)),
    ]
    # 1.5 + 2.25 over two.
    assert measured(one(value="amount")) == [
        Figure(Status.MEASURED, 2, None, Fraction(15, 8)),
        Figure(Status.NOT_APPLICABLE),
        Figure(Status.NOT_APPLICABLE),
    ]


@pytest.mark.parametrize(
    ("quantile", "expected"),
    # Four values 1 1 2 9: the smallest that at least so large a share does not exceed.
    [("0", 1), ("1/4", 1), ("1/2", 1), ("51/100", 2), ("3/4", 2), ("76/100", 9), ("1", 9)],
)
def test_a_quantile_is_the_inverse_of_the_distribution_function(quantile: str, expected: int) -> None:
    rows = [case(number, contacts=value) for number, value in enumerate([9, 1, 2, 1, None])]
    item = one(value="contacts", aggregate=Aggregate.QUANTILE, quantile=Fraction(quantile))
    assert figures_of(rows, use_of(item))["m"]["a"] == Figure(Status.MEASURED, 4, None, Fraction(expected))
    assert figures_of(rows, use_of(item))["m"]["idle"] == Figure(Status.NOT_APPLICABLE)


def test_quantiles_of_one_value_keep_apart() -> None:
    rows = [case(number, contacts=number) for number in range(1, 11)]
    uses = [
        use_of(one(value="contacts", aggregate=Aggregate.QUANTILE, quantile=Fraction(tenths, 10)), where, key)
        for key, tenths, where in [("low", 1, None), ("high", 9, None), ("even", 5, "contacts in (2, 4)")]
    ]
    found = figures_of(rows, *uses)
    assert [found[key]["a"].value for key in ("low", "high", "even")] == [1, 9, 2]


def test_a_quantile_of_nobody() -> None:
    item = one("contacts > 100", value="contacts", aggregate=Aggregate.QUANTILE)
    assert [figure.status for figure in measured(item)] == [Status.NOT_APPLICABLE] * 3


def test_sums_are_exact_beyond_sixty_four_bits_and_in_decimals() -> None:
    rows = [case(number, contacts=2**62, amount="0.1") for number in range(10)]
    item = one(value="contacts", aggregate=Aggregate.SUM)
    assert figures_of(rows, use_of(item))["m"]["a"].value == 10 * 2**62
    item = one(value="amount * 3", aggregate=Aggregate.MEAN)
    assert figures_of(rows, use_of(item))["m"]["a"].value == Fraction(3, 10)


def test_equal_predicates_are_counted_once() -> None:
    item = one("role = 'lead' and contacts > 1", hit="amount > 1")
    other = one("contacts > 1", hit="amount > 1 and role = 'lead'")
    with Engine() as engine:
        columns = ledger(engine, TWO_DEPARTMENTS).columns
        plan = plan_with()
        first = counter(use_of(item), columns, plan, AS_OF)
        second = counter(use_of(other, "role = 'lead'"), columns, plan, AS_OF)
    assert first.sums() == second.sums()
    assert counter(use_of(one()), columns, plan, AS_OF).sums() == ["count(*)"]


def run(
    rows: Sequence[Row], *measures: Measure, table: str = "cases"
) -> tuple[list[Status], Sequence[Finding]]:
    with Engine() as engine:
        relation = typed_table(engine, rows)
        uses = [use_of(item, key=item.id) for item in measures]
        found = measure(engine, {"cases": relation}, plan_with(*uses), [Department("a", "a")], AS_OF)
    return [found.figures[item.id][0].status for item in measures], found.findings


def test_a_column_that_the_ledger_lacks_is_not_available_and_never_zero() -> None:
    there = Measure("there", "有", "role = 'lead'")
    gone = Measure("gone", "缺", "role = 'lead' and answer_rating = 'satisfied'", hit="round = 1")
    statuses, findings = run([case(role="lead")], there, gone)
    assert statuses == [Status.MEASURED, Status.NOT_AVAILABLE]
    (found,) = findings
    assert (found.code, found.column) == ("measure_not_available", "答复评价、办理轮次")
    assert "缺" in found.sentences("zh")[0]


def test_a_table_that_is_not_there_is_not_available() -> None:
    statuses, findings = run([case()], Measure("m", "评分", table="marks", value="mark"))
    assert statuses == [Status.NOT_AVAILABLE]
    assert [found.code for found in findings] == ["measure_table_missing"]
    assert findings[0].sentences("en")[0]


def test_several_uses_of_a_measure_are_one_finding() -> None:
    gone = Measure("gone", "缺", "round = 1")
    with Engine() as engine:
        relation = typed_table(engine, [case()])
        uses = [use_of(gone), use_of(gone, "role = 'lead'", "gone[role = 'lead']")]
        found = measure(engine, {"cases": relation}, plan_with(*uses), [Department("a", "a")], AS_OF)
    assert [item.column for item in found.findings] == ["办理方式、办理轮次"]


def test_any_table_with_a_department_can_be_measured() -> None:
    population = Column("人口", ColumnType.DECIMAL, ("人口",))
    with Engine() as engine:
        relation = typed_table(
            engine, [{"department": "a", "人口": "12.5"}], "departments", extra={"人口": population}
        )
        item = Measure("people", "人口", value="人口", table="departments")
        found = measure(
            engine, {"departments": relation}, plan_with(use_of(item)), [Department("a", "a")], AS_OF
        ).figures
    assert found["people"] == [Figure(Status.MEASURED, 1, None, Fraction(25, 2))]


def test_parameters_come_from_the_use_before_the_default() -> None:
    item = Measure("m", "m", "contacts >= :least", parameters={"least": Parameter(int, default=3)})
    found = figures_of(TWO_DEPARTMENTS, use_of(item), use_of(item, key="m(least=2)", least=2))
    assert (found["m"]["a"].count, found["m(least=2)"]["a"].count) == (1, 2)


def test_the_period_is_bound_where_there_is_one() -> None:
    item = use_of(Measure("m", "m", "assigned_on between :period_from and :period_to"))
    year = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})
    with Engine() as engine:
        relation = ledger(engine, [case(1), case(2, assigned_on="2023-03-01")])
        a = [Department("a", "a")]
        found = measure(engine, {"cases": relation}, plan_with(item, period=year), a, AS_OF).figures
        assert found["m"][0].count == 1
        with pytest.raises(MeasureError) as caught:
            measure(engine, {"cases": relation}, plan_with(item), a, AS_OF)
    assert caught.value.code == "parameter_unbound"
    assert caught.value.facts["name"] == "period_from"


def test_mistakes_of_several_measures_are_reported_together_and_once() -> None:
    wrong = Measure("wrong", "错", "rolle = 'lead'")
    other = Measure("other", "错", "contacts = 'x'")
    with pytest.raises(Problems) as caught:
        figures_of(TWO_DEPARTMENTS, use_of(wrong), use_of(wrong, "role = 'co'", "again"), use_of(other))
    assert sorted(error.code for error in caught.value.errors) == ["column_unknown", "type_misfit"]


@pytest.mark.parametrize(
    ("value", "aggregate"),
    [
        ("contacts * contacts * contacts", Aggregate.SUM),
        ("cast(title as integer)", Aggregate.MEAN),
        ("cast(title as integer)", Aggregate.QUANTILE),
    ],
)
def test_a_measure_that_the_engine_cannot_compute_is_named(value: str, aggregate: Aggregate) -> None:
    rows = [case(1, contacts=2**60, title="修路")]
    good, bad = use_of(one(), key="good"), use_of(one(value=value, aggregate=aggregate), key="bad")
    with pytest.raises(MeasureError) as caught:
        figures_of(rows, good, bad)
    assert caught.value.code == "measure_not_computed"
    assert caught.value.facts["measure"] == "bad"
    assert "\n" not in caught.value.line("zh")


def test_no_departments_and_no_rows_are_no_error() -> None:
    with Engine() as engine:
        relation = ledger(engine, [])
        plan = plan_with(use_of(one()), use_of(one(value="1", aggregate=Aggregate.QUANTILE), key="q"))
        assert measure(engine, {"cases": relation}, plan, [], AS_OF).figures == {"m": [], "q": []}
        found = measure(engine, {"cases": relation}, plan, [Department("a", "a")], AS_OF).figures
    assert found == {
        "m": [Figure(Status.MEASURED, 0, None, Fraction(0))],
        "q": [Figure(Status.NOT_APPLICABLE)],
    }
