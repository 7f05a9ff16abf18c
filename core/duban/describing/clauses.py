"""条款对照: each clause with the rules that carry it, and the rules that name none."""

from collections.abc import Iterator

from duban.ruleset import Deadline, Titled

from .page import Block, Heading, Listing, Paragraph, Row, Table
from .telling import Teller

# What a clause may carry; the ranking and the rounding have no title of their own.
_SECTIONS = (
    "deadlines",
    "dimensions",
    "criteria",
    "adjustments",
    "gates",
    "groups",
    "grades",
    "selections",
    "conversions",
)


def clauses(teller: Teller) -> Iterator[Block]:
    """Yield the table of clauses, in the order in which the rules name them, and the list of rules without one."""
    carried: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    for section in _SECTIONS:
        for name, rule in getattr(teller.plan.ruleset, section).items():
            title = _title(teller, name, rule)
            basis = [*rule.basis, *_dated(teller, section, name)]
            for clause in dict.fromkeys(basis):
                carried.setdefault(clause, []).append(
                    teller.say("of_section", section=_section(teller, section), title=title)
                )
            if not basis:
                bare.setdefault(section, []).append(title)
    yield Heading(teller.say("clauses"))
    head = (teller.say("head_clause"), teller.say("head_rules"))
    if carried:
        yield Table(
            head, tuple(Row((clause, "\n".join(titles))) for clause, titles in carried.items()), (45, 55)
        )
    if bare:
        yield Paragraph(teller.say("bare"))
        yield Listing(
            tuple(
                f"{_section(teller, section)}{teller.say('colon')}{teller.listed(titles)}"
                for section, titles in bare.items()
            )
        )


def _section(teller: Teller, section: str) -> str:
    return teller.say(
        "scored" if section == "criteria" else "dimensions" if section == "dimensions" else section
    )


def _title(teller: Teller, name: str, rule: Titled | Deadline) -> str:
    if isinstance(rule, Titled):
        return rule.name(teller.language)
    return teller.say("deadline_reply") if name == "reply" else name


def _dated(teller: Teller, section: str, name: str) -> list[str]:
    return [
        text
        for path, chosen in teller.loaded.dated.items()
        if path[:2] == (section, name)
        for text in chosen.basis
    ]
