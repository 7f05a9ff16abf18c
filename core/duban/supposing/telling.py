"""A supposition in words, and as data for programs with exact numbers."""

from collections.abc import Mapping
from typing import Any

from duban.differences.listing import exact_text, move_as_data
from duban.differences.parts import Part
from duban.exact import fixed
from duban.results import CriterionScore
from duban.texts import Language, phrase

from .causes import Cause
from .supposition import Changed, Supposition

PLACES = 2
VALUE_PLACES = 4


def say(key: str, language: Language, **facts: object) -> str:
    """Return a phrase of these suppositions."""
    return phrase(f"supposing.{key}", language, **facts)


def title(cause: Cause, language: Language) -> str:
    """Return what a cause is called."""
    kind, text = cause.part
    return say(f"cause_{kind}", language, text=text or say("several", language))


def cells(changed: Changed, made: Supposition, language: Language) -> list[str]:
    """Return a criterion before and after as cells: its title, what was counted, its value, its points."""
    rules = {**made.before.prepared.plan.ruleset.criteria, **made.after.prepared.plan.ruleset.criteria}
    sides = [_shown(score) for score in (changed.before, changed.after)]
    pairs = [
        new if old == new else phrase("differences.before_after", language, before=old, after=new)
        for old, new in zip(*sides, strict=True)
    ]
    return [rules[changed.criterion].name(language), *pairs]


def _shown(score: CriterionScore | None) -> tuple[str, str, str]:
    if score is None:
        return ("—", "—", "—")
    counted = str(score.count) if score.hits is None else f"{score.hits}/{score.count}"
    value = "—" if score.value is None else fixed(score.value, VALUE_PLACES)
    return counted, value, "—" if score.points is None else fixed(score.points, PLACES)


def as_data(made: Supposition, language: Language) -> dict[str, Any]:
    """Return everything that is found; numbers are texts, fractions where no decimal ends."""
    return {
        "supposed": [{**_part(cause.part), "title": title(cause, language)} for cause in made.causes],
        "method": made.split and made.split.method,
        "evaluations": made.split and made.split.evaluations,
        "departments": [{**move_as_data(move), "moved": move.is_moved} for move in made.moves],
        "changed": [
            {
                "department": item.department.id,
                "criterion": item.criterion,
                "before": _score(item.before),
                "after": _score(item.after),
            }
            for item in made.changed
        ],
        "findings": [
            {
                "severity": item.severity.value,
                "code": item.code,
                "table": item.table,
                "file": item.file,
                "row": item.row,
                "message": item.sentences(language)[0],
            }
            for item in made.arising
        ],
    }


def _part(part: Part) -> dict[str, str]:
    return {"kind": part[0], "text": part[1]}


def _score(score: CriterionScore | None) -> Mapping[str, Any] | None:
    if score is None:
        return None
    numbers = {"value": score.value, "points": score.points}
    exact = {name: None if number is None else exact_text(number) for name, number in numbers.items()}
    return {"status": score.status.value, "count": score.count, "hits": score.hits, **exact}
