"""Writes the reference pages that follow the code: findings, errors, measures, and the tables in workspace.md.

python docs/make_reference.py
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from duban.measures import Measure, Parameter
from duban.registry import installed
from duban.tables import TABLES, Column
from duban.texts import codes, entry

HERE = Path(__file__).parent
MARK = "<!-- 以下由 docs/make_reference.py 生成 / made by docs/make_reference.py from here on -->\n"
SEVERITIES = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}
TYPES = {
    "text": "文字 text",
    "date": "日期 date",
    "integer": "整数 integer",
    "decimal": "小数 decimal",
    "boolean": "是/否 boolean",
    "label": "标签 label",
}
AGGREGATES = {
    "share": "比例 share",
    "number": "件数 number",
    "sum": "合计 sum",
    "mean": "平均 mean",
    "quantile": "分位数 quantile",
}
DIMENSIONS = {
    "timeliness": "办理时效 / Timeliness",
    "communication": "沟通联系 / Communication",
    "satisfaction": "答复评价 / Satisfaction",
    "outcome": "办理结果 / Outcome",
    "volume": "承办数量 / Volume",
    "marks": "评分 / Marks",
}
FINDINGS_HEAD = """# 数据问题 / Findings

读取和检查时发现的问题，每条都写明文件、工作表、行、列、值和怎么办。默认错误停下，警告和提示照用；在 `duban.toml` 的 `[findings]` 里按编号改成
`stop`、`exclude`、`accept`。

*What duban noticed in the data. Errors stop by default, the rest is accepted; `[findings]` in `duban.toml` sets each code to `stop`,
`exclude` or `accept`.*

"""
ERRORS_HEAD = """# 错误 / Errors

每个错误一行：在哪里（文件:行:列）、编号、什么问题、现有什么、怎么办。编号不会变。退出码：0 完成；1 数据问题停下，或检查没有通过；
2 用法不对，或文件、办法、评价项目有错；3 duban 自己的毛病。

*One line each: where, the code, what is wrong, what exists, what to do. Codes are stable. Exit codes: 0 done; 1 a finding stopped it or a
check failed; 2 wrong use or a file that cannot be loaded; 3 a fault of duban's own.*

"""
MEASURES_HEAD = """# 口径 / Measures

口径只说两件事：哪些行**计入**（count），其中哪些**算数**（hit），或者每行值多少（value）。单位的比例、被扣的件、逐件的明细都由此得出。
评分项写 `measure = "on_time"`，参数写 `with = { grace_days = 0 }`，角色筛选写 `where = "role in ('lead', 'separate')"`。
没有值（NULL）的不计入，也不算数；台账没有那一列的，口径是“数据不具备”。

*A measure says which rows count and which of them hit, or what a row is worth. NULL does not count and is no hit. A measure over a column that
the ledger lacks is not available, never zero.*

自己写口径，见 [ruleset.md](ruleset.md) 的 measures；写成插件，见 [plugins.md](plugins.md)。
文字是 SQL 表达式：列名、`and or not`、比较、`in`、`between`、`is null`、`case`、四则运算、日期加减 `interval 3 month`、`date '2024-06-30'`，以及
`:as_of`、`:period_from`、`:period_to` 和参数。不能有子查询、注释、分号，最长 2000 字。

"""


def main() -> None:
    """Write all pages."""
    for name, text in pages().items():
        (HERE / name).write_text(text, "utf-8")


def pages() -> Mapping[str, str]:
    """Return the text of every page by its file name."""
    by_hand = (HERE / "workspace.md").read_text("utf-8").split(MARK)[0].rstrip("\n")
    return {
        "findings.md": FINDINGS_HEAD + "".join(findings()),
        "errors.md": ERRORS_HEAD + "".join(errors()),
        "measures.md": MEASURES_HEAD + "".join(measures()).rstrip("\n") + "\n",
        "workspace.md": f"{by_hand}\n\n{MARK}" + "".join(tables()),
    }


def row(*cells: str) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def header(*cells: str) -> str:
    """Return the first two lines of a table."""
    return row(*cells) + row(*("---" for _ in cells))


def findings() -> Iterator[str]:
    """Yield the lines of every finding code: duban's own, and those of the checks that ship."""
    yield header("编号 code", "级别 severity", "问题 what", "怎么办 what to do")
    found = {}
    for code in codes("findings"):
        wording = entry("findings", code)
        what = f"**{wording['title_zh']}** {wording['zh']} / *{wording['title_en']}*: {wording['en']}"
        found[code] = (wording["severity"], what, f"{wording['do_zh']} / *{wording['do_en']}*")
    for code, check in installed().checks.items():
        what = f"**{check.title.zh}** {check.message.zh} / *{check.title.en}*: {check.message.en}"
        found[code] = (check.severity.value, what, f"{check.action.zh} / *{check.action.en}*")
    for code in sorted(found):
        severity, what, todo = found[code]
        yield row(f"`{code}`", SEVERITIES[severity], what, todo)


def errors() -> Iterator[str]:
    """Yield the lines of every error code."""
    yield header("编号 code", "问题 what", "怎么办 what to do")
    for code in codes("errors"):
        wording = entry("errors", code)
        yield row(
            f"`{code}`", f"{wording['zh']} / *{wording['en']}*", f"{wording['do_zh']} / *{wording['do_en']}*"
        )


def measures() -> Iterator[str]:
    """Yield a section for every dimension and measure that ships."""
    registry = installed()
    shipped = [
        item
        for item in registry.measures.values()
        if registry.origins["measures", item.id] == "duban_measures"
    ]
    for dimension, title in DIMENSIONS.items():
        yield f"## {title}\n\n"
        for measure in sorted(shipped, key=lambda item: item.id):
            if dimension_of(measure) == dimension:
                yield from section(measure)


def dimension_of(measure: Measure) -> str:
    """Return the module of the plugin that the measure stands in."""
    return next(name for name in DIMENSIONS if measure in import_module(f"duban_measures.{name}").MEASURES)


def section(measure: Measure) -> Iterator[str]:
    """Yield one measure: what it is, its texts, its parameters."""
    yield f"### `{measure.id}` {measure.title} / {measure.name('en')}\n\n"
    yield header("", "")
    yield row("结果 kind", AGGREGATES[measure.kind.value] + (f"，{measure.unit}" if measure.unit else ""))
    if measure.table != "cases":
        yield row("表 table", f"`{measure.table}`")
    yield row("计入 count", "全部 all" if measure.count == "true" else f"`{measure.count}`")
    if measure.hit is not None:
        yield row("算数 hit", f"`{measure.hit}`")
    if measure.value is not None:
        yield row("值 value", f"`{measure.value}`")
    yield row("方向 better", "越高越好 higher" if measure.better == "higher" else "越低越好 lower")
    if measure.source:
        yield row("出处 source", measure.source)
    for name, parameter in sorted(measure.parameters.items()):
        yield row(f"参数 `{name}`", parameter_text(parameter))
    yield "\n"


def parameter_text(parameter: Parameter) -> str:
    """Return type, default and limits of a parameter."""
    default = "必填 required" if parameter.default is None else f"默认 default {parameter.default}"
    parts = [parameter.title, parameter.type.__name__, default]
    parts += [f"≥ {parameter.at_least}"] if parameter.at_least is not None else []
    parts += [f"≤ {parameter.at_most}"] if parameter.at_most is not None else []
    parts += [" · ".join(parameter.choices)] if parameter.choices else []
    return "，".join(part for part in parts if part)


def tables() -> Iterator[str]:
    """Yield the columns of every canonical table."""
    for table in TABLES.values():
        yield f"\n### {table.name} {table.title}\n\n"
        yield header("列 column", "表头 headings", "类型 type", "标签 labels")
        for column in table.columns.values():
            name = f"`{column.name}`" + ("（必填 required）" if column.required else "")
            yield row(name, " ".join(column.headings), TYPES[column.type.value], labels(column))


def labels(column: Column) -> str:
    """Return the labels of a column with their Chinese forms and the default."""
    known = [f"`{value}` {' '.join(words)}".strip() for value, words in column.labels.items()]
    default = f"（默认 default `{column.default}`）" if column.default else ""
    return " · ".join(known) + default


if __name__ == "__main__":
    main()
