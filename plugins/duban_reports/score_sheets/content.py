"""The content of one department's score sheet, the same in every format; numbers exact, texts as they are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from duban import Run, Text, fixed, is_missing, phrase, plain

if TYPE_CHECKING:
    import pandas as pd

# Behind an item stand so many cases; all of them stand in the list below the table.
SHOWN_CASES = 10
_MORE = Text("{cases} 等 {count} 件", "{cases} and more, {count} in all")
_PLACE = Text("{rank}/{of}", "{rank}/{of}")
_OUTSIDE = Text("加减分", "Adjustment")
_HEAD = {
    "group": Text("组别", "Group"),
    "rank": Text("名次", "Rank"),
    "total": Text("总分", "Total"),
    "base": Text("基础分", "Base"),
    "adjustments": Text("加减分", "Adjustments"),
    "grade": Text("等次", "Grade"),
    "reason": Text("结论", "Result"),
}
_AMONG = Text("{rank}（{of} 个单位中）", "{rank} of {of}")


@dataclass(frozen=True)
class Item:
    """One line: what was asked, what was found, what it brought, which cases cost points, and where it stands.

    `value` is said as printed (`94.43%`), "" for none; `place` is the rank of the points among the ranked of the group.
    """

    dimension: str
    title: str
    standard: str
    full: Fraction | None
    count: int | None
    hits: int | None
    value: str
    points: Fraction | None
    note: str
    cases: str
    place: str


@dataclass(frozen=True)
class Case:
    """One case that cost points: its number, the item, and why."""

    id: str
    title: str
    why: str


@dataclass(frozen=True)
class Sheet:
    """The whole sheet of one department; `number` counts from 1 in the order of the ranking."""

    number: int
    department: str
    name: str
    head: Sequence[tuple[str, str]]
    items: Sequence[Item]
    cases: Sequence[Case]


def sheets(run: Run) -> Iterator[Sheet]:
    """Yield the sheet of each department, as they are ranked."""
    known = _Known(run)
    for number, row in enumerate(_records(run.ranking), start=1):
        department = row["department"]
        items = [*known.criteria(department), *known.adjustments(department)]
        yield Sheet(number, department, row["name"], known.head(row), items, known.cases[department])


class _Known:
    """The tables of a run by department, looked up once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._scores = _by_department(run.criteria)
        self._changes = _by_department(run.adjustments)
        self._titles = {
            name: rule.name(run.language)
            for rules in (run.ruleset.criteria, run.ruleset.adjustments, run.ruleset.gates)
            for name, rule in rules.items()
        }
        ranked = run.ranking[run.ranking["rank"].notna()]
        circles = ranked["group"] if run.ruleset.ranking.within == "group" else [""] * len(ranked)
        self._circles = dict(zip(ranked["department"], circles, strict=True))
        self._places = _places(run, self._circles)
        self.cases = defaultdict(list, self._all_cases())

    def _all_cases(self) -> dict[str, list[Case]]:
        frame, found = self.run.cases, defaultdict(list)
        if frame is not None and not self.run.is_large:
            columns = (frame["department"], frame["case_id"], frame["criterion"], frame["why"])
            for department, case, item, why in zip(*columns, strict=True):
                found[department].append(Case(_text(case), self._titles.get(item, item), _text(why)))
        return found

    def head(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what is said of the whole department; what it has nothing of is left out."""
        run, made = self.run, self.run.ruleset
        of = list(self._circles.values()).count(self._circles.get(row["department"], ""))
        rank = "" if is_missing(row["rank"]) else _AMONG.say(run.language, rank=int(row["rank"]), of=of)
        said = {
            "group": _title(run, made.groups, row["group"]),
            "rank": rank,
            "total": _points(row["total"], made.rounding.total),
            "base": _points(row["base"], 2),
            "adjustments": _points(row["adjustments"], 2),
            "grade": _title(run, made.grades, row["grade"]),
            "reason": _text(row["reason"]),
        }
        return [(_HEAD[key].say(run.language), value) for key, value in said.items() if value]

    def criteria(self, department: str) -> Iterator[Item]:
        """Yield the criteria in the order of the ruleset, dimension by dimension."""
        scores = {row["criterion"]: row for row in self._scores[department]}
        for dimension, rule in self.run.ruleset.dimensions.items():
            for name, criterion in self.run.ruleset.criteria.items():
                if criterion.dimension == dimension and name in scores:
                    yield self._item(rule.name(self.run.language), name, scores[name])

    def _item(self, dimension: str, name: str, score: Mapping[str, Any]) -> Item:
        standard = self.run.standards.get(name)
        status, label = score["status"], score["label"]
        note = "" if status == "measured" else phrase(f"scoring.status_{status}", self.run.language)
        return Item(
            dimension=dimension,
            title=self._titles[name],
            standard="" if standard is None else standard.standard,
            full=score["full_points"],
            count=_whole(score["count"]),
            hits=_whole(score["hits"]),
            value=_value(score),
            points=_number(score["points"]),
            note=note or _text(label),
            cases=self._evidence(score["department"], self._titles[name]),
            place=self._places.get((score["department"], name), ""),
        )

    def adjustments(self, department: str) -> Iterator[Item]:
        """Yield what adjustments and gates did."""
        for row in self._changes[department]:
            title = self._titles.get(row["adjustment"], row["adjustment"])
            yield Item(
                dimension=_OUTSIDE.say(self.run.language),
                title=title,
                standard="",
                full=None,
                count=_whole(row["count"]),
                hits=None,
                value="",
                points=_number(row["points"]),
                note=_text(row["reason"]),
                cases=self._evidence(department, title),
                place="",
            )

    def _evidence(self, department: str, title: str) -> str:
        found = [case.id for case in self.cases[department] if case.title == title]
        shown = "、".join(found[:SHOWN_CASES])
        if len(found) <= SHOWN_CASES:
            return shown
        return _MORE.say(self.run.language, cases=shown, count=len(found))


def _places(run: Run, circles: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return where the points of each item stand among those ranked together: `3/12`, equal points equal places."""
    held: dict[tuple[str, str], list[tuple[Fraction, str]]] = defaultdict(list)
    columns = [run.criteria[name] for name in ("department", "criterion", "points", "full_points")]
    for department, criterion, points, full in zip(*columns, strict=True):
        if department in circles and isinstance(points, Fraction) and full:
            held[criterion, circles[department]].append((points, department))
    found = {}
    for (criterion, _), rows in held.items():
        ordered = sorted((points for points, _ in rows), reverse=True)
        first = {points: place for place, points in reversed(list(enumerate(ordered, start=1)))}
        for points, department in rows:
            said = _PLACE.say(run.language, rank=first[points], of=len(rows))
            found[department, criterion] = said
    return found


def _value(score: Mapping[str, Any]) -> str:
    """Return what was measured: a rate in percent, any other number with at most four places."""
    value = score["value"]
    if not isinstance(value, Fraction):
        return ""
    return plain(value, 4) if is_missing(score["hits"]) else f"{fixed(100 * value, 2)}%"


def _title(run: Run, rules: Mapping[str, Any], name: object) -> str:
    return rules[name].name(run.language) if isinstance(name, str) and name in rules else ""


def _points(value: object, places: int) -> str:
    return fixed(value, places) if isinstance(value, Fraction) else ""


def _number(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) else None


def _whole(value: Any) -> int | None:
    return None if is_missing(value) else int(value)


def _text(value: object) -> str:
    return "" if is_missing(value) else str(value)


def _records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]


def _by_department(frame: "pd.DataFrame") -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _records(frame):
        found[row["department"]].append(row)
    return found
