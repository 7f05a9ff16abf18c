"""The form on which a department objects: its score sheet, room for what it objects to, the clock, the signatures."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from duban import pipeline
from duban.cells import is_missing
from duban.errors import OutputError, UsageError
from duban.exact import fixed, plain
from duban.file_names import file_name
from duban.gating import shown_total
from duban.objecting import Clock, clock_of, objection_terms
from duban.preparing import prepare
from duban.record import Run
from duban.texts import Language, phrase

from .paper import Paper

_ROOM = 5


def write_forms(
    workspace: str | Path,
    department: str | None = None,
    out: Path | None = None,
    disable: Iterable[str] = (),
    language: Language = "zh",
) -> list[Path]:
    """Write the forms of all departments, or of one by id, name or alias; return the files.

    Raises: UsageError, for a department that nobody knows; Stopped, where findings stop the run; OutputError.
    """
    opened = prepare(workspace, None, None, (), disable).opened
    run = pipeline.run(workspace, disable=disable, language=language, write=False)
    clock = clock_of(run.ruleset.objections, opened.workspace.published_on, opened.folder)
    rows = run.ranking.to_dict("records")
    chosen = range(len(rows)) if department is None else [_place_of(run, rows, department)]
    place = out or opened.folder / phrase("objections.folder", language)
    files = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for number in chosen:
            own = file_name(str(rows[number]["name"]), number + 1, len(rows), ".docx")
            name = f"{phrase('objections.file', language)}-{own}"
            (place / name).write_bytes(form(run, rows[number], clock))
            files.append(place / name)
    except OSError as error:
        raise OutputError("form_not_written", str(place), reason=error.strerror) from error
    return files


def _place_of(run: Run, rows: Sequence[Mapping[Any, Any]], wanted: str) -> int:
    departments = run.evaluated.departments if run.evaluated is not None else ()
    ids = [item.id for item in departments if wanted in (item.id, *item.names)]
    names = [str(row["name"]) for row in rows]
    found = [place for place, row in enumerate(rows) if row["department"] in ids]
    if not found:
        raise UsageError("form_department_unknown", name=wanted, known=names)
    return found[0]


def form(run: Run, row: Mapping[Any, Any], clock: Clock) -> bytes:
    """Return the Word file of one department; `row` is its row of the ranking."""
    words = _Words(run)
    paper = Paper(words.say("title"))
    paper.fields(words.head(row), (16, 34, 16, 34))
    paper.heading(words.say("scores"))
    paper.table(words.columns(), words.scores(row["department"]), (16, 38, 8, 8, 8, 12, 10))
    adjusted = words.adjustments(row["department"])
    if adjusted:
        paper.heading(words.say("adjustments"))
        paper.table(
            [words.say(f"head_{key}") for key in ("adjustment", "reason", "points")], adjusted, (30, 50, 20)
        )
    paper.heading(words.say("objects_to"))
    room = [words.say(f"room_{key}") for key in ("what", "found", "claimed", "grounds", "evidence")]
    paper.blanks(room, _ROOM, (18, 18, 18, 28, 18), 16)
    paper.text(objection_terms(clock, run.language))
    signed = [words.say(f"sign_{key}") for key in ("department", "person", "phone", "day")]
    paper.fields([(signed[0], "", signed[1], ""), (signed[2], "", signed[3], "")], (16, 34, 16, 34), 12)
    paper.heading(words.say("decision"))
    decided = [
        (words.say(f"decided_{key}"), words.blank(key)) for key in ("received", "outcome", "grounds", "by")
    ]
    paper.fields(decided, (22, 78), 12, strong=(0,))
    return paper.content()


class _Words:
    """What the forms of one run say."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._units = _units(run)

    def say(self, key: str, **facts: object) -> str:
        return phrase(f"objections.{key}", self._run.language, **facts)

    def blank(self, key: str) -> str:
        """Return what is printed where a decision is written: the outcomes to tick."""
        return self.say("outcomes") if key == "outcome" else ""

    def head(self, row: Mapping[Any, Any]) -> list[tuple[str, str, str, str]]:
        """Return who the form is of, and what was found."""
        rank = "—" if is_missing(row["rank"]) else str(row["rank"])
        rules, language = self._run.ruleset, self._run.language
        group = f"（{rules.groups[row['group']].name(language)}）" if row["group"] in rules.groups else ""
        grade = rules.grades[row["grade"]].name(language) if row["grade"] in rules.grades else "—"
        listed = self.say("selected" if row["selected"] else "not_selected")
        cells = {
            "department": str(row["name"]),
            "number": "",
            "evaluation": self._run.title,
            "rules": rules.name(language),
            "total": self._total(row["total"]),
            "rank": f"{rank}{group}",
            "grade": grade,
            "listed": f"{listed} {row['reason']}".strip(),
        }
        named = [(self.say(f"field_{key}"), text) for key, text in cells.items()]
        return [(*one, *other) for one, other in zip(named[::2], named[1::2], strict=True)]

    def _total(self, total: Any) -> str:
        return "—" if is_missing(total) else shown_total(Fraction(total), self._run.ruleset.rounding.total)

    def columns(self) -> list[str]:
        """Return the head of the score sheet."""
        keys = ("criterion", "standard", "full", "count", "hits", "value", "points")
        return [self.say(f"head_{key}") for key in keys]

    def scores(self, department: str) -> list[list[str]]:
        """Return the department's score sheet, a row a criterion, in the order of the rules."""
        frame, rules = self._run.criteria, self._run.ruleset
        rows = {row["criterion"]: row for row in frame[frame["department"] == department].to_dict("records")}
        named = [
            name
            for dimension in rules.dimensions
            for name, rule in rules.criteria.items()
            if rule.dimension == dimension
        ]
        return [self._score(rows[name]) for name in named if name in rows]

    def _score(self, row: Mapping[Any, Any]) -> list[str]:
        name = row["criterion"]
        scored = row["full_points"] != 0
        rule, standard = self._run.ruleset.criteria[name], self._run.standards.get(name)
        value = self._value(row) if not is_missing(row["value"]) else self.say(f"status_{row['status']}")
        return [
            rule.name(self._run.language),
            "\n".join(filter(None, (standard.standard, standard.how_points))) if standard else "",
            plain(Fraction(row["full_points"])) if scored else "—",
            _whole(row["count"]),
            _whole(row["hits"]),
            value,
            _points(row["points"]) if scored else "—",
        ]

    def _value(self, row: Mapping[Any, Any]) -> str:
        value, unit = Fraction(row["value"]), self._units.get((row["department"], row["criterion"]), "")
        if not is_missing(row["hits"]):
            return f"{_number(value * 100)}%"
        return f"{_number(value)}{unit}"

    def adjustments(self, department: str) -> list[list[str]]:
        """Return what was added and taken off, and the gates that hold."""
        frame, rules = self._run.adjustments, self._run.ruleset
        # A dimension's floor or ceiling is told under the name of the dimension.
        titled = {**rules.dimensions, **rules.adjustments, **rules.gates}
        return [
            [
                titled[row["adjustment"]].name(self._run.language)
                if row["adjustment"] in titled
                else str(row["adjustment"]),
                str(row["reason"] or ""),
                _points(row["points"]),
            ]
            for row in frame[frame["department"] == department].to_dict("records")
        ]


def _units(run: Run) -> dict[tuple[str, str], str]:
    """Return (department, criterion) → the unit of what was measured."""
    if run.evaluated is None:
        return {}
    plan = run.evaluated.plan
    pairs = ((item, criterion) for item in run.evaluated.departments for criterion in plan.criteria)
    uses = {(item.id, criterion.id): criterion.use_for(item) for item, criterion in pairs}
    return {key: use.measure.unit for key, use in uses.items() if use is not None}


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else fixed(value, 2)


def _points(value: Any) -> str:
    return "—" if is_missing(value) else fixed(Fraction(value), 2)


def _whole(value: Any) -> str:
    return "—" if is_missing(value) else str(int(value))
