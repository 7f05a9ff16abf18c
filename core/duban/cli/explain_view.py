"""How an explanation stands in the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from duban.explaining.against import Difference, differences
from duban.explaining.explanations import Explanations, Outcome, Returned, Section
from duban.explaining.naming import Named
from duban.explaining.parts import Kind
from duban.explaining.returning import Returning
from duban.explaining.saying import points, signed
from duban.gating import shown_total
from duban.record import LARGEST_LEDGER, Run
from duban.results import Department

from .console import Paper

SHOWN_CASES = 40


def told(explanations: Explanations, department: Department, rule: Named | None) -> list[Section]:
    """Return the sentences of the whole answer, or of the rule that was asked for."""
    if rule is None:
        return explanations.told(department.id)
    return list(explanations.narrator.of_rule(explanations[department.id], *rule))


class View:
    """Prints what was asked about one department."""

    def __init__(self, paper: Paper, run: Run, explanations: Explanations, department: Department) -> None:
        self._paper, self._run, self._explanations = paper, run, explanations
        self._department, self._explained = department, explanations[department.id]
        self._sayer = explanations.sayer
        self._say = self._sayer.say

    def _head(self, title: str) -> None:
        facts = {
            "ruleset": self._run.ruleset.name(self._paper.language),
            "as_of": self._run.as_of.isoformat(),
        }
        self._paper.text(self._say("heading", name=title, **facts), "bold")

    def explanation(self, rule: Named | None) -> None:
        """Print the sentences."""
        self._head(self._department.name)
        # Who takes no part is on no list for one and the same reason.
        for reason in dict.fromkeys(item.reason for item in self._explained.lists or [self._explained]):
            self._paper.text(reason)
        for section in told(self._explanations, self._department, rule):
            self._paper.gap()
            self._paper.text(section.title, "bold")
            for line in section.lines:
                self._paper.text(f"{'  ' * (line.depth + 1)}{line.text}")

    def cases(self, returning: Returning | None, rule: Named | None) -> None:
        """Print the cases that cost points, the most rewarding first within each measure."""
        self._paper.gap()
        if returning is None:
            self._paper.text(self._say("cases_not_kept", limit=LARGEST_LEDGER))
            return
        found = [case for case in returning.cases() if rule is None or self._concerns(case, rule)]
        if not found:
            self._paper.text(self._say("cases_none"))
            return
        columns = [
            (self._say(f"column_{key}"), key == "points")
            for key in ("case", "rules", "why", "points", "after")
        ]
        whys = self._whys()
        rows = [self._case(case, whys) for case in found]
        shown = rows if rule is not None else rows[:SHOWN_CASES]
        self._paper.table(self._say("cases_title"), columns, shown)
        if len(rows) > len(shown):
            self._paper.text(self._say("cases_more", count=len(rows) - len(shown)))
        self._paper.text(self._say("cases_note"))
        outcome = returning.together(case.use for case in found)
        if outcome.points is not None and len(found) > 1:
            after = self._after(outcome)
            told = self._say("together", points=signed(outcome.points))
            self._paper.text(f"{told}{self._separator()}{after}" if after else told)

    def _separator(self) -> str:
        return self._say("between_items")

    def _concerns(self, case: Returned, rule: Named) -> bool:
        if rule.section != "dimensions":
            return rule in case.owners
        criteria, adjustments = self._run.ruleset.criteria, self._run.ruleset.adjustments
        inside = {("criteria", name) for name, item in criteria.items() if item.dimension == rule.id}
        inside |= {("adjustments", name) for name, item in adjustments.items() if item.dimension == rule.id}
        return not inside.isdisjoint(case.owners)

    def _whys(self) -> dict[tuple[str, str], list[str]]:
        """Return the reasons of the list of cases, by rule and case; a case in two roles has two."""
        frame = self._run.cases
        found: dict[tuple[str, str], list[str]] = {}
        if frame is not None:
            own = frame[frame["department"] == self._department.id]
            for case_id, criterion, why in zip(own["case_id"], own["criterion"], own["why"], strict=True):
                found.setdefault((criterion, case_id), []).append(why)
        return found

    def _case(self, case: Returned, whys: Mapping[tuple[str, str], list[str]]) -> list[str]:
        titles = [self._sayer.title(section, name) for section, name in case.owners]
        return [
            case.case_id,
            self._sayer.listed(dict.fromkeys(titles)),
            self._why(case, whys),
            signed(case.outcome.points) if case.outcome.points is not None else "—",
            self._after(case.outcome),
        ]

    def _why(self, case: Returned, whys: Mapping[tuple[str, str], list[str]]) -> str:
        for _, name in case.owners:
            known = whys.get((name, case.case_id), [])
            if known:
                return known.pop(0) if len(known) > 1 else known[0]
        section, name = case.owners[0]
        measure = self._sayer.teller.plan.uses[case.use].measure.name(self._paper.language)
        return self._say("part_of_formula", title=self._sayer.title(section, name), measure=measure)

    def _after(self, outcome: Outcome) -> str:
        """Return what would change beside the points: the rank, the lists."""
        said = []
        before = self._explained.place.rank
        if outcome.rank is not None and before is not None and outcome.rank != before:
            said.append(self._say("rank_moves", before=before, after=outcome.rank))
        for item in self._explained.lists:
            chosen = item.id in outcome.lists
            if chosen != item.choice.chosen:
                title = self._sayer.title("selections", item.id)
                said.append(self._say("enters" if chosen else "leaves", title=title))
        return self._sayer.listed(said)

    def against(self, other: Department, rule: Named | None) -> None:
        """Print where the department is ahead of another and where behind."""
        second = self._explanations[other.id]
        names = {"name": self._department.name, "other": other.name}
        self._head(self._say("against_title", **names))
        for item in (self._explained, second):
            self._paper.text(f"{item.department.name}{self._sayer.teller.say('colon')}{item.reason}")
        missing = [item.department.name for item in (self._explained, second) if item.total is None]
        if missing:
            self._paper.text(self._say("against_no_total", names=self._sayer.listed(missing)))
            return
        if self._explained.group != second.group and self._run.ruleset.ranking.within == "group":
            self._paper.text(self._say("against_groups"))
        rows = [row for row in differences(self._explained, second) if rule is None or self._is_of(row, rule)]
        columns = [(self._say("column_item"), False), (self._department.name, True), (other.name, True)]
        columns += [(self._say("column_difference"), True), (self._say("column_detail"), False)]
        self._paper.gap()
        self._paper.table("", columns, [self._difference(row, other) for row in rows])
        self._summary(rows, second, rule)

    def _is_of(self, row: Difference, rule: Named) -> bool:
        if rule.section == "dimensions":
            return row.dimension == rule.id
        return row.id == rule.id and row.kind in (Kind.CRITERION, Kind.ADJUSTMENT)

    def _difference(self, row: Difference, other: Department) -> list[str]:
        return [
            self._item(row),
            points(row.own),
            points(row.other),
            signed(row.points),
            self._detail(row, other),
        ]

    def _item(self, row: Difference) -> str:
        sections = {Kind.CRITERION: "criteria", Kind.ADJUSTMENT: "adjustments"}
        if row.kind in sections:
            return self._sayer.title(sections[row.kind], row.id)
        title = self._sayer.title("dimensions", row.id) if row.id else self._say("item_total")
        return self._say(f"item_{row.kind.value}", title=title)

    def _detail(self, row: Difference, other: Department) -> str:
        """Return the values that two criteria come from, counted."""
        if row.kind is not Kind.CRITERION:
            return ""
        return self._say("between_items").join(
            self._explanations.narrator.value(criterion)
            for department in (self._department, other)
            for criterion in self._explanations[department.id].criteria
            if criterion.id == row.id
        )

    def _summary(self, rows: Sequence[Difference], second: Any, rule: Named | None) -> None:
        ordered = sorted(rows, key=lambda row: (-abs(row.points), row.id))
        for key, sign in (("ahead", 1), ("behind", -1)):
            items = [f"{self._item(row)} {signed(row.points)}" for row in ordered if row.points * sign > 0]
            if items:
                self._paper.text(self._say(f"against_{key}", items=self._sayer.listed(items)))
        difference = sum((row.points for row in rows), Fraction(0))
        if rule is not None:
            self._paper.text(self._say("against_sum", difference=signed(difference)))
            return
        places = self._run.ruleset.rounding.total
        facts = {
            "name": self._department.name,
            "other": second.department.name,
            "total": shown_total(self._explained.total or Fraction(0), places),
            "other_total": shown_total(second.total or Fraction(0), places),
        }
        self._paper.text(self._say("against_total", difference=signed(difference), **facts), "bold")

    def sql(self, written: Mapping[str, Any]) -> None:
        """Print which files were written, and how to run them."""
        files = written["files"]
        self._paper.gap()
        self._paper.text(
            self._say("sql_written", folder=written["folder"], files=self._sayer.listed(_some(files)))
        )
        first = next((name for name in files if name.endswith(".sql")), None)
        if first is None:
            self._paper.text(self._say("sql_none"))
        else:
            self._paper.text(self._say("sql_how", folder=written["folder"], file=first))


def _some(files: Iterable[str]) -> Iterator[str]:
    return iter(files)
