"""What has to be decided again for another year, as a list to tick off."""

from collections.abc import Iterator

from duban.calendars import known_years
from duban.exact import plain
from duban.loading import LoadedRuleset
from duban.ruleset import Ruleset
from duban.texts import Language, phrase

from .new_year import Moved
from .origins import written


def checklist(
    moved: Moved, old: LoadedRuleset, new: LoadedRuleset, has_examples: bool, language: Language = "zh"
) -> list[str]:
    """Return the lines: first what was moved, then what is left to people."""

    def say(key: str, **facts: object) -> str:
        return phrase(f"describing.{key}", language, **facts)

    lines = [say("list_moved")]
    for path, before, after in moved.moves:
        was = written(before) if before else say("list_new")
        lines.append(f"  {'.'.join(map(str, path))}{say('colon')}{was} → {written(after)}")
    lines.append(say("list_decide"))
    decisions = [
        *_left(moved),
        *_dated(new),
        *_rules(new.ruleset, language),
        *_calendars(new.ruleset),
        *_parents(old),
        *([("examples", dict[str, object]())] if has_examples else []),
    ]
    for key, facts in decisions:
        lines.append(f"  [ ] {say(f'list_{key}', **facts)}")
    return lines


Item = tuple[str, dict[str, object]]


def _left(moved: Moved) -> Iterator[Item]:
    for path, text in moved.left:
        yield "text", {"name": ".".join(map(str, path)), "text": text}
    if moved.comments:
        yield "comments", {"lines": "、".join(map(str, moved.comments))}


def _dated(new: LoadedRuleset) -> Iterator[Item]:
    for path, chosen in new.dated.items():
        yield "dated", {"name": ".".join(map(str, path)), "day": chosen.start}


def _rules(rules: Ruleset, language: Language) -> Iterator[Item]:
    for item in rules.incomplete:
        yield "incomplete", {"text": item}
    for selection in rules.selections.values():
        yield "quota", {"name": selection.name(language)}
    lines = [
        *((rule, rule.at_least) for rule in rules.selections.values()),
        *((rule, rule.at_least) for rule in rules.grades.values()),
    ]
    for rule, line in lines:
        if line is not None:
            yield "line", {"name": rule.name(language), "points": plain(line)}
    for criterion in rules.criteria.values():
        if criterion.points:
            yield "criterion", {"name": criterion.name(language), "points": plain(criterion.points)}
    for gate in rules.gates.values():
        yield "gate", {"name": gate.name(language), "text": gate.when}
    for group in rules.groups.values():
        if group.when is not None:
            yield "group", {"name": group.name(language), "text": group.when}
    for name, deadline in rules.deadlines.items():
        for step in deadline.volume:
            yield "volume", {"name": name, "over": step.over, "days": step.days}
    things = (rules.deadlines, rules.dimensions, rules.criteria, rules.adjustments, rules.gates, rules.groups)
    found = [rule.basis for section in things for rule in section.values()]
    found += [rule.basis for section in (rules.grades, rules.selections) for rule in section.values()]
    for clause in dict.fromkeys([*rules.basis, *(text for basis in found for text in basis)]):
        yield "basis", {"text": clause}


def _calendars(rules: Ruleset) -> Iterator[Item]:
    works = any(deadline.working_days is not None for deadline in rules.deadlines.values())
    if works and rules.period is not None:
        for year in range(rules.period.start.year, rules.period.end.year + 1):
            if year not in known_years():
                yield "calendar", {"year": year}


def _parents(old: LoadedRuleset) -> Iterator[Item]:
    extends = old.ruleset.extends
    if extends is not None:
        yield "parent", {"name": extends}
