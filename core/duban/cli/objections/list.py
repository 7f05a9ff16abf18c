"""`duban objections list WORKSPACE`: the register of objections with its clock."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import Day, common_options, disable_option, looks
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.objecting import Objection
    from duban.objections.standing import Standing

_COLUMNS = ("number", "department", "criterion", "filed", "decide", "decided", "state", "corrected")


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def list(workspace: str, today: date | None, disable: tuple[str, ...]) -> int:
        return _list(workspace, today, disable, language)

    return click.Command(
        "list",
        callback=list,
        params=[
            click.Argument(["workspace"]),
            click.Option(
                ["--today"],
                type=Day(language),
                metavar="DATE",
                help=phrase("objections.option_today", language),
            ),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("objections.list", language),
        short_help=phrase("objections.list_short", language),
        **looks(language),
    )


def _list(workspace: str, today: date | None, disable: tuple[str, ...], language: Language) -> int:
    from duban.cli.console import Paper
    from duban.cli.findings_view import show_kinds
    from duban.findings import findings_frame
    from duban.objections.standing import standing

    paper, found, day = Paper(language), standing(workspace, disable), today or date.today()

    def say(key: str, **facts: Any) -> str:
        return phrase(f"objections.{key}", language, **facts)

    apply = found.clock.apply_by
    basis = say("comma").join(found.clock.rule.basis) or "—"
    paper.text(say("clock_line", apply=apply.isoformat() if apply else say("no_published"), basis=basis))
    if not found.objections:
        paper.text(say("no_register"))
    else:
        rows = [_row(found, item, day, language) for item in found.objections]
        paper.table(say("register"), [(say(f"col_{key}"), key == "corrected") for key in _COLUMNS], rows)
        paper.text(say("counted", **_counts(found, day)))
    if found.findings:
        show_kinds(paper, findings_frame(found.findings, language), disable)
    return 0


def _row(found: "Standing", item: "Objection", today: date, language: Language) -> list[str]:
    clock = found.clock

    def late(day: date | None, is_late: bool, key: str) -> str:
        shown = day.isoformat() if day else "—"
        return phrase(f"objections.{key}", language, day=shown) if is_late else shown

    decided_late = item.is_decided and clock.is_decided_late(item, today)
    return [
        item.number,
        item.department,
        item.criterion or item.matter or "—",
        late(item.filed_on, clock.is_filed_late(item), "filed_late"),
        late(clock.decide_by(item), False, ""),
        late(item.decided_on, decided_late, "decided_late"),
        phrase(f"objections.state_{clock.state(item, today)}", language),
        str(found.corrected.get(item.number, 0)),
    ]


def _counts(found: "Standing", today: date) -> dict[str, int]:
    clock, items = found.clock, found.objections
    states = [clock.state(item, today) for item in items]
    return {
        "all": len(items),
        "decided": sum(item.is_decided for item in items),
        "pending": states.count("pending"),
        "overdue": states.count("overdue"),
        "late": sum(clock.is_filed_late(item) for item in items),
    }
