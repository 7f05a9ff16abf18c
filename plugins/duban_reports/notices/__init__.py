"""公示、通报、表扬决定: Word documents from templates that an office edits, in the layout of GB/T 9704."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from duban import Reporter, Run

from .facts import facts_of

KINDS = ("public_notice", "circular", "commendation")


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write the documents; without anybody on a list there is nothing to announce, and the circular stands alone."""
    facts = facts_of(run)
    kinds = KINDS if facts["名单"] else ("circular",)
    for kind in kinds:
        (folder / f"{kind}.docx").write_bytes(_filled(run, kind, facts))
    return [f"{kind}.docx" for kind in kinds]


def _filled(run: Run, kind: str, facts: Mapping[str, Any]) -> bytes:
    # What fills a template is slow to load, and only writing needs it.
    from duban import fill_template

    shipped = (files(__package__) / "templates" / f"{kind}.docx").read_bytes()
    return fill_template({**facts, "附件": _annexes(kind, facts)}, shipped, run.report.templates.get(kind))


def _annexes(kind: str, facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the lines of the note that lists the annexes; a single one has no number."""
    names = [f"{listed['名称']}名单" for listed in facts["名单"]]
    if kind == "circular":
        parts = {"单位": "承办单位评价结果", "指标": "承办单位各项指标", "加减分": "加分、扣分和否决情况"}
        names = [name for part, name in parts.items() if facts[part]]
    if len(names) == 1:
        return [{"说明": f"附件：{names[0]}"}]
    return [
        {"说明": f"{'附件：' if number == 1 else '　　　'}{number}.{name}"}
        for number, name in enumerate(names, start=1)
    ]


REPORTER = Reporter(
    id="notices",
    title="公示、通报、表扬决定",
    write=write,
    title_en="public notice, circular and commendation",
    templates=KINDS,
)
