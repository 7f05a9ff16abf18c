"""Departments and rules by what people call them: id, name, alias, title."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from duban.errors import UsageError
from duban.results import Department
from duban.ruleset import Ruleset

# Where a name without its section is looked up first.
SECTIONS = ("criteria", "dimensions", "adjustments", "gates")


class Named(NamedTuple):
    """A rule by its section and id."""

    section: str
    id: str


def find_department(departments: Sequence[Department], name: str) -> Department:
    """Return the department of an id, name or alias.

    Raises: UsageError, where there is none, or several have the name.
    """
    for same in (str, _plain):
        for names in (_ids, _names):
            found = [item for item in departments if same(name) in map(same, names(item))]
            if len(found) > 1:
                listed = "、".join(f"{item.id}（{item.name}）" for item in found)
                raise UsageError("department_ambiguous", name=name, departments=listed)
            if found:
                return found[0]
    known = {item.name for item in departments}
    raise UsageError("department_unknown", name=name, known=known)


def _ids(department: Department) -> Iterable[str]:
    return (department.id,)


def _names(department: Department) -> Iterable[str]:
    return dict.fromkeys(department.names)


def find_rule(rules: Ruleset, name: str) -> Named:
    """Return the criterion, dimension, adjustment or gate of an id, a `section.id` or a title.

    Raises: UsageError, where there is none, or several of a section have the title.
    """
    section, _, rest = name.partition(".")
    if section in SECTIONS and rest in getattr(rules, section):
        return Named(section, rest)
    by_id = [Named(part, name) for part in SECTIONS if name in getattr(rules, part)]
    if by_id:
        return by_id[0]
    for same in (str, _plain):
        for part in SECTIONS:
            found = [Named(part, key) for key, title in _titles(rules, part) if same(title) == same(name)]
            if len({one.id for one in found}) > 1:
                listed = "、".join(f"{one.section}.{one.id}" for one in found)
                raise UsageError("rule_to_explain_ambiguous", name=name, rules=listed)
            if found:
                return found[0]
    raise UsageError("rule_to_explain_unknown", name=name, known=_known(rules, name))


def _titles(rules: Ruleset, section: str) -> Iterable[tuple[str, str]]:
    for key, rule in getattr(rules, section).items():
        yield key, rule.title
        if rule.title_en:
            yield key, rule.title_en


def _known(rules: Ruleset, name: str) -> list[str]:
    """Return ids for who wrote an id, titles for who wrote a title."""
    told: Callable[[str, str], str] = (
        (lambda key, title: key) if name.isascii() else (lambda key, title: title)
    )
    section, dot, _ = name.partition(".")
    if dot and section in SECTIONS:
        return [f"{section}.{key}" for key in getattr(rules, section)]
    return [told(key, rule.title) for section in SECTIONS for key, rule in getattr(rules, section).items()]


def _plain(text: str) -> str:
    """Return what spellings of one name have in common: width, case and white space do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
