"""What a resolved ruleset means, rule by rule and key by key, and where two rulesets differ in it."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from duban.defining import from_rule
from duban.judging import full_points
from duban.language.rewriting import DEFAULT_SCALES
from duban.plan import BoundAggregator, Plan, PlannedCriterion, PlannedDimension
from duban.ruleset import Rule, Ruleset, Sheet
from duban.stages.reading.cells import name_key
from duban.terms import Status

from .canonical import Form, Kind, form, text_form

# A rule: its section and its id; sections that are one thing have the id "".
RuleKey = tuple[str, str]
Fields = Mapping[str, Form]
Meaning = Mapping[RuleKey, Fields]

# What people read of a rule; no number depends on it.
WORDED = frozenset({"title", "title_en", "basis", "source", "unit", "incomplete"})
_HEAD = ("title", "title_en", "basis", "incomplete")
_TEXTS: Mapping[RuleKey, Kind] = {
    ("deadlines", "when"): "measure",
    ("criteria", "where"): "measure",
    ("adjustments", "where"): "measure",
    ("adjustments", "when"): "department",
    ("gates", "when"): "department",
    ("groups", "when"): "department",
    ("grades", "when"): "department",
    ("selections", "among"): "department",
    ("conversions", "value"): "department",
    ("sheets", "count"): "measure",
    ("sheets", "when"): "measure",
    ("sheets", "value"): "measure",
    ("measures", "hit"): "measure",
    ("measures", "value"): "measure",
    ("measures", "formula"): "formula",
}
_PLAIN = ("deadlines", "columns", "gates", "groups", "grades", "selections", "conversions")
# In the order in which differences are told.
_SECTIONS = (
    "ruleset",
    "period",
    "dimensions",
    "criteria",
    "adjustments",
    "gates",
    "groups",
    "ranking",
    "grades",
    "selections",
    "conversions",
    "objections",
    "aggregate",
    "rounding",
    "deadlines",
    "ratings",
    "outcomes",
    "scales",
    "columns",
    "measures",
    "sheets",
)
_CAN_BE_MISSING = (Status.TOO_FEW_CASES, Status.NOT_APPLICABLE, Status.NOT_AVAILABLE)


class Change(NamedTuple):
    """One difference: a rule that only one ruleset has, or a key of a rule that says something else."""

    kind: Literal["added", "removed", "changed"]
    section: str
    id: str
    field: str = ""

    @property
    def rule(self) -> RuleKey:
        """The rule that it is in."""
        return self.section, self.id

    @property
    def is_worded(self) -> bool:
        """Whether only words are other: a title, a source. The title of a column is a heading, which is read."""
        return self.field in WORDED and (self.section, self.field) != ("columns", "title")


def changes(old: Plan, new: Plan) -> list[Change]:
    """Return every difference, in the order of the newer ruleset; what means the same is none."""
    before, after = dict(_meaning(old, new)), dict(_meaning(new, old))
    found: list[Change] = []
    for key in [*after, *(key for key in before if key not in after)]:
        if key not in before or key not in after:
            found.append(Change("removed" if key in before else "added", *key))
        else:
            fields = [field for field in after[key] if before[key][field] != after[key][field]]
            found += [Change("changed", *key, field) for field in fields]
    same = _same_sums(old, new)
    return sorted(
        (item for item in found if item not in same), key=lambda item: _SECTIONS.index(item.section)
    )


def _same_sums(old: Plan, new: Plan) -> list[Change]:
    """Return the dimensions whose points one ruleset states and the other sums up, with the same result."""
    found = []
    for name in old.ruleset.dimensions.keys() & new.ruleset.dimensions.keys():
        members = [
            {item.id: item.rule.points for item in plan.criteria if item.rule.dimension == name}
            for plan in (old, new)
        ]
        points = [full_points(plan.criteria, _dimension(plan, name)) for plan in (old, new)]
        if members[0] == members[1] and points[0] == points[1]:
            found.append(Change("changed", "dimensions", name, "points"))
    return found


def _dimension(plan: Plan, name: str) -> PlannedDimension:
    return next(item for item in plan.dimensions if item.id == name)


def _meaning(plan: Plan, other: Plan) -> Iterator[tuple[RuleKey, Fields]]:
    rules = plan.ruleset
    yield from _orders(rules, other.ruleset)
    yield ("ruleset", ""), {key: form(getattr(rules, key)) for key in _HEAD}
    yield ("period", ""), {"period": form(rules.period)}
    yield ("rounding", ""), form(rules.rounding)
    yield ("aggregate", ""), {"aggregate": _aggregator(plan.aggregator)}
    for section in _PLAIN:
        for name, rule in getattr(rules, section).items():
            yield (section, name), _fields(section, rule)
    for adjustment in plan.adjustments:
        fields = _fields("adjustments", adjustment.rule)
        given = adjustment.use.parameters if adjustment.use is not None else {}
        yield ("adjustments", adjustment.id), {**fields, "with": form(given)}
    for criterion in plan.criteria:
        yield ("criteria", criterion.id), _criterion(criterion)
    for dimension in plan.dimensions:
        own = {"aggregate": _aggregator(dimension.aggregator)}
        yield ("dimensions", dimension.id), {**_fields("dimensions", dimension.rule), **own}
    yield from _data_side(rules)
    yield ("ranking", ""), form(rules.ranking)
    yield ("objections", ""), form(rules.objections)


def _orders(rules: Ruleset, other: Ruleset) -> Iterator[tuple[RuleKey, Fields]]:
    """Yield the two orders of a file that mean something: of the grades, and which list is the main one."""
    yield ("grades", ""), {"order": tuple(name for name in rules.grades if name in other.grades)}
    if rules.selections and other.selections:
        yield ("selections", ""), {"main": next(iter(rules.selections))}


def _data_side(rules: Ruleset) -> Iterator[tuple[RuleKey, Fields]]:
    for stage in ("answer", "result"):
        yield ("ratings", stage), form(getattr(rules.ratings, stage))
    for label, outcome in rules.outcomes.items():
        yield ("outcomes", outcome_key(label)), {"outcome": outcome}
    for name in dict.fromkeys([*DEFAULT_SCALES, *rules.scales]):
        values = {**DEFAULT_SCALES.get(name, {}), **rules.scales.get(name, {})}
        yield ("scales", name), {"values": form(values)}
    yield from _own_measures(rules)


def outcome_key(label: str) -> str:
    """Return what the spellings of one class of outcomes share: A, a, Ａ and A类."""
    key = name_key(label).lower()
    return key.removesuffix("类") or key


def _own_measures(rules: Ruleset) -> Iterator[tuple[RuleKey, Fields]]:
    for name, rule in rules.measures.items():
        fields = dict(_fields("measures", rule))
        kind: Kind = "measure" if rule.formula is None else "formula"
        fields["count"] = text_form(rule.count or "true", kind)
        yield ("measures", name), {**fields, "aggregate": from_rule(name, rule).kind}
    for name, sheet in rules.sheets.items():
        yield ("sheets", name), {**_fields("sheets", sheet), **_items(sheet)}


def _items(sheet: Sheet) -> Fields:
    items = {name: _fields("sheets", item) for name, item in sheet.items.items()}
    return {
        "items": {
            name: {key: item[key] for key in ("points", "when", "value")} for name, item in items.items()
        }
    }


def _fields(section: str, rule: Rule) -> Fields:
    """Return the keys of a rule as they are called in its file."""
    found: dict[str, Form] = {}
    for name, info in type(rule).model_fields.items():
        key, value = info.alias or name, getattr(rule, name)
        if name == "volume":
            value = sorted(value, key=lambda step: step.over)
        kind = _TEXTS.get((section, key))
        found[key] = form(value) if kind is None else text_form(value, kind)
    return found


def _criterion(criterion: PlannedCriterion) -> Fields:
    rule, bound = criterion.rule, criterion.curve

    def of_text(text: str) -> Form:
        return text_form(text, "department") if text in bound.conditions else text

    return {
        **_fields("criteria", rule),
        "with": form(criterion.use.parameters if criterion.use is not None else {}),
        "curve": (bound.curve.id, form(bound.parameters, of_text)),
        "missing": {status: rule.when_missing(status) for status in _CAN_BE_MISSING},
    }


def _aggregator(bound: BoundAggregator) -> Form:
    return bound.aggregator.id, form(bound.parameters)
