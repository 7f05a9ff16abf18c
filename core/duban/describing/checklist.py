"""What has to be decided again for another year, as a list to tick off."""

from collections.abc import Iterator

from duban.calendars import known_years
from duban.exact import plain
from duban.loading import LoadedRuleset
from duban.ruleset import Ruleset

from .new_year import Moved
from .origins import dotted, written
from .scoring_table import how_points
from .sections import in_a_sentence
from .telling import Teller


def checklist(moved: Moved, old: LoadedRuleset, new: Teller, has_examples: bool) -> list[str]:
    """Return the lines: first what was moved, then what is left to people; `new` tells the new rules."""
    say = new.say
    lines = [say("list_moved")]
    for path, before, after in moved.moves:
        was = written(before) if before else say("list_new")
        lines.append(f"  {dotted(path)}{say('colon')}{was} → {written(after)}")
    lines.append(say("list_decide"))
    decisions = [
        *_left(moved),
        *_dated(new.loaded),
        *_rules(new),
        *_calendars(new.loaded.ruleset),
        *_parents(old),
        *([("examples", dict[str, object]())] if has_examples else []),
    ]
    for key, facts in decisions:
        lines.append(f"  [ ] {say(f'list_{key}', **facts)}")
    return lines


Item = tuple[str, dict[str, object]]


def _left(moved: Moved) -> Iterator[Item]:
    for path, text in moved.left:
        yield "text", {"name": dotted(path), "text": text}
    if moved.comments:
        yield "comments", {"lines": "、".join(map(str, moved.comments))}


def _dated(new: LoadedRuleset) -> Iterator[Item]:
    for path, chosen in new.dated.items():
        yield "dated", {"name": dotted(path), "day": chosen.start}


def _rules(teller: Teller) -> Iterator[Item]:
    rules, language = teller.plan.ruleset, teller.language
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
    for criterion in teller.plan.criteria:
        name, points = criterion.rule.name(language), criterion.rule.points
        if points:
            yield "criterion", {"name": name, "points": plain(points), "how": how_points(teller, criterion)}
    for key, section in (("adjustment", rules.adjustments), ("gate", rules.gates), ("group", rules.groups)):
        for name in section:
            if key != "group" or rules.groups[name].when is not None:
                yield key, {"text": in_a_sentence(teller, f"{key}s", name)}
    yield from _volumes(teller)
    yield from _clauses(rules)


def _volumes(teller: Teller) -> Iterator[Item]:
    for name, deadline in teller.plan.ruleset.deadlines.items():
        for step in deadline.volume:
            title = teller.say("deadline_reply") if name == "reply" else name
            yield "volume", {"name": title, "over": step.over, "days": step.days}


def _clauses(rules: Ruleset) -> Iterator[Item]:
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
