"""What it would take to get onto the lists, or off them, in the terminal and as data."""

from collections.abc import Mapping, Sequence
from typing import Any

from duban.margins.leaving import WithoutOne, without_one_case
from duban.margins.paths import Walker, Way
from duban.margins.raters import Untried, WithoutRater, without_one_rater
from duban.margins.robustness import Telling
from duban.margins.robustness import as_data as robustness_as_data
from duban.margins.telling import Teller, as_data
from duban.pipeline import Running
from duban.preparing import Prepared
from duban.record import LARGEST_LEDGER
from duban.results import Department

from .console import Paper


class Ways:
    """The ways of one department, list by list, each with that of its nearest rival where it keeps one off."""

    def __init__(
        self, prepared: Prepared, running: Running, department: Department, efforts: Mapping[str, int]
    ) -> None:
        self._run, self._efforts = running.run, efforts
        self._ways: Sequence[tuple[Way, Way | None]] = ()
        self._without: WithoutOne | None = None
        self._raters: Sequence[WithoutRater | Untried] = ()
        if running.run.items is not None:
            walker = Walker(prepared, running, efforts)
            lists = [item.id for item in prepared.plan.selections]
            ways = [walker.way(department.id, name) for name in lists]
            self._ways = [
                (way, walker.rival(department.id, way.selection) if way.inside else None) for way in ways
            ]
            self._without = without_one_case(walker.evaluated, running.run.items, department.id)
            self._raters = list(without_one_rater(prepared, running, department.id))

    def show(self, paper: Paper) -> None:
        """Print them."""
        teller = Teller(self._run.ruleset, self._efforts, paper.language)
        paper.gap()
        paper.text(teller.say("title"), "bold")
        if not self._ways:
            code = "no_items" if self._run.items is None else "no_list"
            paper.text(f"  {teller.say(code, limit=LARGEST_LEDGER)}")
            return
        paper.text(f"  {teller.heading()}")
        for way, rival in self._ways:
            for depth, text in teller.lines(way, rival):
                paper.text(f"{'  ' * (depth + 1)}{text}")
        if self._without is not None:
            inside = {way.selection: way.inside for way, _ in self._ways}
            for depth, text in Telling(self._run.ruleset, inside, paper.language).lines(
                self._without, self._raters
            ):
                paper.text(f"{'  ' * (depth + 1)}{text}")

    def as_data(self) -> dict[str, Any] | None:
        """Return them for programs; None where the ledger is too large to try its cases."""
        if self._without is None:
            return None
        left_out = robustness_as_data(self._without, self._raters)
        return {"lists": [as_data(way, rival) for way, rival in self._ways], "leave_one_out": left_out}
