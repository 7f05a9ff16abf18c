"""What duban says of certainty, of criteria and of honesty, held against simulated departments whose truth is known.

`pytest tests/measured -m slow --golden-update` writes the figures into docs/measured.md; nothing else does.
"""

from fractions import Fraction
from pathlib import Path

import pytest
from measured_page import INFLUENCE_YEARS, PARTS, Measured, numpy_line, page, total
from simulating import RANGES, VOLUMES, codes, counted, evaluated, true_figures, units_of

import duban
from duban.certainty.certainty import Verdict
from duban.engine import Engine
from duban.testing.twins import MANIPULATIONS, RULES, UNITS, twin

PAGE = Path(__file__).parents[2] / "docs" / "measured.md"
MARK = "<!-- 以下由 tests/measured 写出 -->"
FIRM = (Verdict.FIRMLY_IN, Verdict.FIRMLY_OUT)


@pytest.fixture(scope="module")
def measured() -> Measured:
    return Measured()


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say_on_the_average(measured: Measured) -> None:
    found = list(measured.rates.values())
    assert sum(item.mean for item in found) / len(found) >= 0.95
    assert all(item.mean >= 0.949 for item in found)
    assert all(item.least >= 0.865 for item in found)


@pytest.mark.slow
def test_the_interval_had_everybody_been_asked_holds_the_truth_at_every_rate(measured: Measured) -> None:
    assert all(item.least >= 0.95 for item in measured.asked.values())


@pytest.mark.slow
@pytest.mark.parametrize("kind", FIRM)
def test_verdicts_are_true_as_often_as_they_say(measured: Measured, kind: Verdict) -> None:
    """Over the whole grid; about so where all rates are high; and no cell with fifty of them is far below."""
    found = measured.verdicts
    whole = total(cell[kind] for cell in found.values())
    assert whole.right >= 0.95 * whole.given
    for between in RANGES:
        one = total(cell[kind] for (_, rates), cell in found.items() if rates == between)
        assert one.right >= (0.94 if between == (90, 100) else 0.95) * one.given, between
    for cell in found.values():
        assert cell[kind].given < 50 or cell[kind].right >= 0.9 * cell[kind].given


@pytest.mark.slow
@pytest.mark.parametrize("name", VOLUMES)
def test_dead_and_dominant_criteria_are_found_in_all(measured: Measured, name: str) -> None:
    assert all(said[0] == "nothing" for said in measured.influence["dead", name])
    assert all(said[0] == "nearly_everything" for said in measured.influence["dominant", name])
    assert len(measured.influence["dead", name]) == INFLUENCE_YEARS


@pytest.mark.slow
@pytest.mark.parametrize("name", VOLUMES)
def test_balanced_criteria_are_not_found_fault_with(measured: Measured, name: str) -> None:
    assert all(word == "" for said in measured.influence["balanced", name] for word in said)


@pytest.mark.slow
@pytest.mark.parametrize("name", MANIPULATIONS)
def test_what_is_made_up_throughout_is_found_and_hardly_anybody_else_is_named(
    measured: Measured, name: str
) -> None:
    whole, most = (measured.alarms[part][name] for part in PARTS)
    assert whole.told == whole.planted
    assert whole.few_told >= 0.6 * whole.few_planted
    assert whole.false == most.false == 0
    # Who habitually answers on the last day, up to twice in five, may come to half of them.
    assert measured.honest[name] <= (1 if name == "answered_on_the_last_day" else 0)


@pytest.mark.slow
def test_the_page_holds_what_the_simulations_give(measured: Measured, request: pytest.FixtureRequest) -> None:
    by_hand, _, held = PAGE.read_text("utf-8").partition(MARK)
    made = f"\n\n{page(measured)}"
    if request.config.getoption("--golden-update"):
        PAGE.write_text(f"{by_hand}{MARK}{made}", "utf-8")
        return
    if numpy_line() not in held:
        pytest.skip("the draws of another numpy")
    assert made == held


def test_the_simulation_counts_as_the_engine_does(tmp_path: Path) -> None:
    """The same findings by way of the files, and the same list of the same rates."""
    ledger = twin(2, planted={UNITS[1].id: ["answered_on_the_last_day"], UNITS[4].id: ["ratings_on_one_day"]})
    found = duban.check(ledger.write(tmp_path)).findings
    planted = found[found["code"].isin(MANIPULATIONS)]
    with Engine() as engine:
        assert codes(engine, ledger) == set(zip(planted["code"], planted["value"], strict=True)) != set()


def test_the_truth_is_what_endless_cases_show() -> None:
    units = units_of([200_000] * 3, 50, 100, 1)
    truth, seen = true_figures(units), counted(units, 1)
    for name in RULES["criteria"]:
        for true, one in zip(truth[name], seen[name], strict=True):
            assert abs((true.value or Fraction(0)) - (one.value or Fraction(0))) < Fraction(1, 100)
    lists = [evaluated(units, figures).judgement.lists["excellent"] for figures in (truth, seen)]
    assert [choice.chosen for choice in lists[0]] == [choice.chosen for choice in lists[1]]
