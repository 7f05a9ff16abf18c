"""Writes what of the reference pages follows the code: below the mark; what stands above it is written by hand.

python docs/make_reference.py
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reference_parts import by_module, code, header, heading, row

from duban.measures import Measure, Parameter
from duban.methods import DerivedColumn
from duban.registry import installed
from duban.rows import COLUMN_TYPES
from duban.sql import Clause, column_names
from duban.tables import TABLES, Column, Table
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
    "formula": "算式 formula",
}


def main() -> None:
    """Write all pages."""
    for name, text in pages().items():
        (HERE / name).write_text(text, "utf-8")


def pages() -> Mapping[str, str]:
    """Return the text of every page by its file name."""
    made = {
        "findings.md": findings(),
        "errors.md": errors(),
        "measures.md": measures(),
        "curves.md": ways_of_judging(),
        "tables.md": plugin_tables(),
        "workspace.md": tables(),
    }
    return {name: page(name, lines) for name, lines in made.items()}


def page(name: str, lines: Iterable[str]) -> str:
    """Return a page: what is written by hand, the mark, and what is made."""
    by_hand = (HERE / name).read_text("utf-8").split(MARK)[0].rstrip("\n")
    made = "".join(lines).strip("\n")
    return f"{by_hand}\n\n{MARK}\n{made}\n"


def findings() -> Iterator[str]:
    """Yield the lines of every finding code: duban's own, and those of the checks that ship."""
    yield header("编号 code", "级别 severity", "问题 what", "怎么办 what to do")
    found = {}
    for name in codes("findings"):
        wording = entry("findings", name)
        what = f"**{wording['title_zh']}** {wording['zh']} / *{wording['title_en']}*: {wording['en']}"
        found[name] = (wording["severity"], what, f"{wording['do_zh']} / *{wording['do_en']}*")
    for name, check in installed().checks.items():
        what = f"**{check.title.zh}** {check.message.zh} / *{check.title.en}*: {check.message.en}"
        found[name] = (check.severity.value, what, f"{check.action.zh} / *{check.action.en}*")
    for name in sorted(found):
        severity, what, todo = found[name]
        yield row(code(name), SEVERITIES[severity], what, todo)


def errors() -> Iterator[str]:
    """Yield the lines of every error code."""
    yield header("编号 code", "问题 what", "怎么办 what to do")
    for name in codes("errors"):
        wording = entry("errors", name)
        what, todo = (f"{wording[zh]} / *{wording[en]}*" for zh, en in (("zh", "en"), ("do_zh", "do_en")))
        yield row(code(name), what, todo)


def measures() -> Iterator[str]:
    """Yield a section for every module with measures, and in it every measure."""
    for plugin, module, held in by_module("measures", installed().measures):
        yield heading(plugin, module)
        for measure in held:
            yield from measure_lines(measure)


def measure_lines(measure: Measure) -> Iterator[str]:
    """Yield one measure: what it is, its texts, its parameters."""
    yield f"### `{measure.id}` {measure.title} / {measure.name('en')}\n\n"
    yield header("", "")
    yield row("结果 kind", AGGREGATES[measure.kind.value] + (f"，{measure.unit}" if measure.unit else ""))
    if measure.formula is not None:
        yield row("算式 formula", code(measure.formula))
        fewest = "所用口径里最少的 the fewest of the measures named"
        yield row("件数 count", fewest if measure.count == "true" else code(measure.count))
    else:
        if measure.table != "cases":
            yield row("表 table", f"{code(measure.table)} {TABLES_BY_ID[measure.table].title}")
        yield row("计入 count", "全部 all" if measure.count == "true" else code(measure.count))
    yield from (
        row(title, code(text))
        for title, text in (("算数 hit", measure.hit), ("值 value", measure.value))
        if text
    )
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


def ways_of_judging() -> Iterator[str]:
    """Yield a line for every curve and every aggregator: titles, parameters, plugin, source."""
    yield "## 名称、参数和出处 / Titles, parameters and sources\n\n"
    yield header("标识 id", "名称 title", "参数 parameters", "插件 plugin", "出处 source")
    registry = installed()
    for kind, items in (("curves", registry.curves), ("aggregators", registry.aggregators)):
        for name, item in items.items():
            fields = item.parameters.model_fields.items()
            said = "；".join(f"{code(field)} {about.description or ''}".strip() for field, about in fields)
            plugin = registry.origins[kind, name]
            yield row(code(name), f"{item.title} / {item.title_en}", said, code(plugin), item.source)


def plugin_tables() -> Iterator[str]:
    """Yield every table that a plugin declares, by module, then every column that one works out."""
    for plugin, module, held in by_module("tables", installed().tables):
        yield heading(plugin, module)
        for table in held:
            yield from table_lines(table)
    yield "## 推算列 / Derived columns\n\n"
    yield header(
        "列 column",
        "名称 title",
        "表 table",
        "类型 type",
        "标签 labels",
        "由来 from",
        "算法 how",
        "出处 source",
    )
    for _, _, columns in by_module("columns", installed().columns):
        yield from map(derived_line, columns)


def table_lines(table: Table) -> Iterator[str]:
    """Yield one table: what it is and its columns."""
    yield f"### `{table.id}` {table.title} / {table.title_en}\n\n"
    said = [f"并入 extends `{table.extends}`"] if table.extends else []
    said += [f"键 key {' '.join(map(code, table.key))}"] if table.key else []
    said += [f"出处 source {table.source}"] if table.source else []
    yield "；".join(said) + ("\n\n" if said else "")
    yield header("列 column", "表头 headings", "English", "类型 type", "标签 labels")
    for column in table.columns.values():
        kind = TYPES[column.type.value] + (f"，{column.unit}" if column.unit else "")
        kind += "，发生的日期 event" if column.event else ""
        yield row(
            column_name(column),
            " ".join(column.headings),
            column.title_en,
            kind,
            labels(column.labels, column.default),
        )
    yield "\n"


def derived_line(column: DerivedColumn) -> str:
    """Return one derived column: what it is, what it rests on, and how."""
    kind = TYPES["label"] if column.labels else TYPES[COLUMN_TYPES[column.type].value]
    kind += f"，{column.unit}" if column.unit else ""
    needs = column.needs if column.sql is None else sorted(column_names(Clause(column.sql, "", column.id)))
    how = "pandas 函数 function" if column.sql is None else code(column.sql)
    title = f"{column.title} / {column.title_en}" if column.title_en else column.title
    rests_on = " ".join(map(code, needs))
    return row(
        code(column.id), title, code(column.table), kind, labels(column.labels), rests_on, how, column.source
    )


def tables() -> Iterator[str]:
    """Yield the columns of every canonical table."""
    for table in TABLES.values():
        yield f"\n### {table.name} {table.title}\n\n"
        yield header("列 column", "表头 headings", "类型 type", "标签 labels")
        for column in table.columns.values():
            kind = TYPES[column.type.value]
            yield row(
                column_name(column), " ".join(column.headings), kind, labels(column.labels, column.default)
            )


def column_name(column: Column) -> str:
    """Return the name of a column, and whether a file must have it."""
    return code(column.name) + ("（必填 required）" if column.required else "")


def labels(known: Mapping[str, Sequence[str]], default: str | None = None) -> str:
    """Return the labels of a column with their Chinese forms and the default."""
    shown = [f"`{value}` {' '.join(words)}".strip() for value, words in known.items()]
    return " · ".join(shown) + (f"（默认 default `{default}`）" if default else "")


TABLES_BY_ID = {**installed().tables, **TABLES}

if __name__ == "__main__":
    main()
