"""Each difference as a sentence, with its place in both files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from duban.describing.data_side import deadline_in_words
from duban.describing.opening import Opened
from duban.describing.rules import teller_of
from duban.describing.scoring_table import how_points
from duban.describing.sections import in_a_sentence
from duban.describing.telling import Teller
from duban.documents import KeyPath
from duban.errors import Position
from duban.exact import plain
from duban.ruleset import Titled
from duban.texts import Language, phrase

from .meaning import Change, RuleKey, outcome_key
from .values import column_titles, value_in_words

# What the published rules say of one in a sentence that begins with its title.
_SENTENCES = frozenset({"adjustments", "gates", "groups", "grades", "selections", "conversions"})
# Sections without models: the value itself is the rule.
_VALUES = frozenset({"period", "aggregate", "outcomes", "scales"})
# Keys that are called otherwise in one section.
_OWN_WORDS = frozenset(
    {
        ("adjustments", "points"),
        ("conversions", "value"),
        ("gates", "when"),
        ("rounding", "points"),
        ("selections", "from"),
    }
)
# The keys that say what a whole rule of the data side is.
_SAYING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scales": ("values",),
        "columns": ("type",),
        "measures": ("formula", "count", "hit", "value"),
        "sheets": ("items",),
    }
)


@dataclass(frozen=True)
class Told:
    """A difference in words; what one ruleset does not have is None on its side."""

    change: Change
    title: str
    says: str
    old: str | None
    new: str | None
    old_at: Position | None
    new_at: Position | None


class Narrator:
    """Tells the differences between two rulesets in one language."""

    def __init__(self, old: Opened, new: Opened, language: Language) -> None:
        self.language: Language = language
        self._old, self._new = (
            teller_of(side.loaded, side.plan, side.registry, side.tables, language) for side in (old, new)
        )

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of these differences."""
        return phrase(f"differences.{key}", self.language, **facts)

    def told(self, found: Iterable[Change]) -> list[Told]:
        """Return every difference in words."""
        return [self._told(change) for change in found]

    def title(self, key: RuleKey) -> str:
        """Return what a rule or a part is called, as the newer ruleset says if it has it."""
        section = self.say(f"section_{key[0]}")
        if not key[1]:
            return section
        teller = self._new if _rule(self._new, key) is not None else self._old
        return self.say("titled", section=section, title=_title(teller, key))

    def column(self, name: str) -> str:
        """Return what a column of the ledger is called."""
        return column_titles(self._new, (name,))

    def _told(self, change: Change) -> Told:
        title, field, colon = self.title(change.rule), self._field(change), self._new.say("colon")
        old = self._words(self._old, change) if change.kind != "added" else None
        new = self._words(self._new, change) if change.kind != "removed" else None
        if change.kind == "changed":
            said = [(words or "").removeprefix(field + colon) for words in (old, new)]
            key = "changed" if all(map(_is_number, said)) else "changed_text"
            key = "changed_same" if said[0] == said[1] else key
            says = self.say(key, field=field, old=said[0], new=said[1])
        else:
            teller = self._new if change.kind == "added" else self._old
            name = _title(teller, change.rule)
            rest = (new or old or "").removeprefix(name).removeprefix(colon)
            says = self.say(change.kind) + (colon + rest if rest else "")
        places = [_at(teller, change) for teller in (self._old, self._new)]
        return Told(change, title, says, old, new, *places)

    def _words(self, teller: Teller, change: Change) -> str:
        if change.kind != "changed":
            return _whole(teller, change.rule)
        return value_in_words(teller, change.rule, _rule(teller, change.rule), change.field)

    def _field(self, change: Change) -> str:
        if not change.field:
            return ""
        own = (change.section, change.field) in _OWN_WORDS
        return self.say(f"field_{change.section}_{change.field}" if own else f"field_{change.field}")


def _is_number(said: str) -> bool:
    return said.replace(".", "").replace("-", "").isdecimal()


def _rule(teller: Teller, key: RuleKey) -> Any:
    """Return the model of a rule, or the value where there is no model; None where the ruleset has none."""
    (section, name), rules = key, teller.plan.ruleset
    if section == "ruleset":
        return rules
    found = getattr(rules, section)
    if section == "ratings":
        return getattr(found, name)
    if section == "outcomes":
        return next((value for label, value in found.items() if outcome_key(label) == name), None)
    return found if not name else found.get(name)


def _title(teller: Teller, key: RuleKey) -> str:
    """Return what a rule is called, "" for a section that is one thing."""
    (section, name), rule = key, _rule(teller, key)
    if section == "ratings":
        return teller.say(f"rating_{name}")
    if key == ("deadlines", "reply"):
        return teller.say("deadline_reply")
    if section == "outcomes":
        labels = [label for label in teller.plan.ruleset.outcomes if outcome_key(label) == name]
        return next(iter(labels), name)
    return rule.name(teller.language) if isinstance(rule, Titled) and name else name


def _whole(teller: Teller, key: RuleKey) -> str:
    """Return a whole rule in one sentence that begins with its title."""
    (section, name), rule, title = key, _rule(teller, key), _title(teller, key)
    if section in _SENTENCES:
        return in_a_sentence(teller, section, name)
    if section == "deadlines":
        return deadline_in_words(teller, name, rule)
    if section == "criteria":
        criterion = next(item for item in teller.plan.criteria if item.id == name)
        facts = {
            "title": title,
            "dimension": teller.plan.ruleset.dimensions[rule.dimension].name(teller.language),
            "points": plain(rule.points),
            "how": how_points(teller, criterion),
        }
        return phrase(
            f"differences.whole_{'criterion' if rule.points else 'shown'}", teller.language, **facts
        )
    if section in ("dimensions", "outcomes"):
        said = value_in_words(teller, key, rule, "points" if section == "dimensions" else "outcome")
        return phrase(f"differences.whole_{section}", teller.language, title=title, value=said)
    told = [
        phrase(f"differences.field_{field}", teller.language)
        + teller.say("colon")
        + value_in_words(teller, key, rule, field)
        for field in _SAYING.get(section, ())
        if section == "scales" or getattr(rule, field) is not None
    ]
    return title + teller.say("colon") + teller.say("semicolon").join(told) if told else title


def _at(teller: Teller, change: Change) -> Position | None:
    """Return where a rule or a key of it stands, or what is nearest above it; None where there is no such rule."""
    (section, name), loaded = change.rule, teller.loaded
    if _rule(teller, change.rule) is None:
        return None
    if section == "outcomes":
        name = _title(teller, change.rule)
    path: KeyPath = tuple(part for part in (section, name) if part and part != "ruleset")
    if change.kind != "changed":
        return loaded.key_at(path)
    return loaded.at(path if section in _VALUES else (*path, change.field))
