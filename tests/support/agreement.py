"""Every number of a written file against `result.json`: what is printed is the engine's, rounded for show.

A reader turns a file into tables and sentences. A cell is looked up by what its row and its heading say; a number that
nothing in `result.json` explains is as wrong as one that differs.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from duban.exact import fixed, plain

Cell = Any
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
# What numbers the parts of a document, and says nothing of the result.
PARTS = re.compile(r"附件：?\d*\.?|^\s*\d\.")
# Steps on the way, which tests/explaining works out again.
ARITHMETIC = re.compile(r"×? ?\d+/\d+|× [\d.]+|= -?[\d.]+|所占的 [\d.]+ 分|\d+/\d+|≈ ?[\d.]+%?|[\d.]+%")
NOTHING = ("", "—", None)
RATINGS = {"很满意": "very_satisfied", "满意": "satisfied", "基本满意": "basically_satisfied"}
RATINGS |= {"不满意": "dissatisfied", "未评价": "no_response"}
NAMES, ITEMS = ("单位", "承办单位"), ("评分项", "项目", "事项")
# Columns of words, in which numbers are those of the rules or of a sentence.
WORDS = {"标准", "得分办法", "没有值时", "依据", "说明", "有关的件", "内容", "问题", "怎么办", "组别", "维度"}
WORDS |= {
    "扣分办件、说明",
    "结论",
    "评价办法",
    "评价",
    "",
    "等次",
    "入选",
    "情况",
    "核对",
    "档次",
    "类型",
    "作用于",
    "编号",
    "文件",
    "工作表",
    "列",
    "代码",
    "表",
    "程度",
}


class Table(NamedTuple):
    """A table of a file: where it stands, its headings, its rows, and the department that all of it is about."""

    place: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    about: str | None = None


class Read(NamedTuple):
    """What a file says: its tables and its sentences, each with its place."""

    tables: Sequence[Table]
    sentences: Sequence[tuple[str, str]]


class Truth:
    """What `result.json` says, looked up by the words that people read."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "result.json").read_text("utf-8")
        self.data: dict[str, Any] = json.loads(text, parse_float=lambda digits: Fraction(Decimal(digits)))
        rules = self.data["ruleset"]
        self.ids = {row["name"]: row["department"] for row in self.data["ranking"]}
        self.criteria = {rule["title"]: name for name, rule in rules.get("criteria", {}).items()}
        self.dimensions = {rule["title"]: name for name, rule in rules.get("dimensions", {}).items()}
        kinds = ("criteria", "adjustments", "gates")
        others = [item for kind in kinds for item in rules.get(kind, {}).items()]
        self.changes = {rule["title"]: name for name, rule in others}
        self.dimension_of = {name: rule["dimension"] for name, rule in rules.get("criteria", {}).items()}

    def row(self, table: str, **keys: object) -> Mapping[str, Any]:
        """Return one row of a table, {} where there is none."""
        return self._index(table, tuple(keys)).get(tuple(keys.values()), {})

    def _index(self, table: str, keys: tuple[str, ...]) -> dict[tuple[object, ...], Mapping[str, Any]]:
        known = self.__dict__.setdefault("_indexes", {})
        if (table, keys) not in known:
            rows = self.data[table]
            known[table, keys] = {tuple(row[key] for key in keys): row for row in rows}
        found: dict[tuple[object, ...], Mapping[str, Any]] = known[table, keys]
        return found

    @cached_property
    def longest_names(self) -> list[str]:
        """The names of departments, which may hold digits; a name within another comes after it."""
        return sorted(self.ids, key=len, reverse=True)

    @cached_property
    def texts(self) -> set[str]:
        """Every text of the result, line by line: a sentence that stands here is the engine's own."""
        return {line.strip() for text in _texts(self.data) for line in (text, *text.splitlines())}

    @cached_property
    def constants(self) -> set[Fraction]:
        """The numbers of the rules and of what the result rests on."""
        parts = [self.data[key] for key in ("ruleset", "manifest", "title", "as_of", "standards")]
        return set(_numbers(parts)) | set(_numbers([row["full_points"] for row in self.data["criteria"]]))

    @cached_property
    def summary(self) -> set[Fraction]:
        """What a sentence about all departments may say: how many, the best and the last total, who answered."""
        ranking = self.data["ranking"]
        ranked = [row for row in ranking if row["status"] == "ranked"]
        found = {
            Fraction(len(rows)) for rows in (ranking, ranked, self.data["adjustments"], self.data["findings"])
        }
        found |= {
            Fraction(self.data["case_count"]),
            Fraction(len(ranking) - len(ranked)),
            Fraction(len(self.data["selections"])),
        }
        for group in {row["group"] for row in ranked}:
            totals = [row["total"] for row in ranked if row["group"] == group]
            found |= {Fraction(max(totals)), Fraction(min(totals)), Fraction(len(totals))}
        for name in {row["selection"] for row in self.data["selections"]}:
            found.add(Fraction(sum(row["selection"] == name for row in self.data["selections"])))
        for counted in self.data["manifest"].get("responses", {}).values():
            found |= {Fraction(counted["rated"]), Fraction(counted["cases"])}
            found.add(Fraction(counted["rated"], counted["cases"] or 1))
        return found | set(_numbers([self.data["title"], self.data["as_of"], self.data["ruleset"]["title"]]))

    def of(self, department: str) -> set[Fraction]:
        """Return every number about one department, and those of the rules."""
        known = self.__dict__.setdefault("_of", {})
        if department not in known:
            tables = [rows for rows in self.data.values() if isinstance(rows, list)]
            own = [row for rows in tables for row in rows if row.get("department") == department]
            known[department] = set(_numbers(own)) | self.constants | self.summary
            listed = Counter(row["criterion"] for row in own if "case_id" in row)
            known[department] |= {Fraction(count) for count in listed.values()}
        found: set[Fraction] = known[department]
        return found


def wrong(read: Read, truth: Truth) -> list[str]:
    """Return every place where a file says something else than the result."""
    found = [place for table in read.tables for place in _wrong_cells(table, truth)]
    for place, text in read.sentences:
        if not _known_sentence(text, truth.summary, truth):
            found.append(f"{place}: {text}")
    return found


def _wrong_cells(table: Table, truth: Truth) -> Iterator[str]:
    for number, row in enumerate(table.rows, start=1):
        known = dict(zip(table.head, row, strict=False))
        name = next((str(known[key]) for key in NAMES if key in known), table.about)
        for heading, cell in zip(table.head, row, strict=False):
            if not _agrees(table, number, heading, cell, known, truth.ids.get(name or "", ""), truth):
                yield f"{table.place}, {number}, {heading}: {cell!r}"


def _agrees(
    table: Table,
    number: int,
    heading: str,
    cell: Cell,
    row: Mapping[str, Cell],
    department: str,
    truth: Truth,
) -> bool:
    if isinstance(cell, bool) or not re.search(r"\d", "" if cell is None else str(cell)):
        # An empty cell must be empty in the result too; where nothing can be scored a dash stands for nothing.
        wanted = _expected(heading, row, table, department, truth)
        return cell not in NOTHING or wanted is _UNKNOWN or not wanted
    if heading in NAMES or heading in ("序号", "No.") or str(cell) in truth.texts:
        return heading not in ("序号",) or str(cell) == str(number)
    wanted = _expected(heading, row, table, department, truth)
    if wanted is not _UNKNOWN:
        return wanted is not None and shows(cell, wanted)
    if heading in WORDS or heading in ITEMS or not department:
        return _known_sentence(str(cell), truth.of(department) if department else truth.constants, truth)
    return False


_UNKNOWN = object()


def _expected(heading: str, row: Mapping[str, Cell], table: Table, department: str, truth: Truth) -> Any:
    """Return the number that belongs in a cell, None for none, `_UNKNOWN` where no number does."""
    if not department:
        return _of_rules(heading, row, truth)
    whole = truth.row("ranking", department=department)
    if heading == "名次" and table.about:
        return _rank_among(whole, truth)
    plainly = {"名次": "rank", "总分": "total", "引擎总分": "total", "基础分": "base"}
    item = next((str(row[key]) for key in ITEMS if key in row), None)
    if heading in plainly and item is None:
        return whole[plainly[heading]]
    if heading == "加减分" and item is None:
        return whole["adjustments"]
    if heading in truth.dimensions and item is None:
        return truth.row("dimensions", department=department, dimension=truth.dimensions[heading]).get(
            "points"
        )
    if heading in truth.criteria and item is None:
        return truth.row("criteria", department=department, criterion=truth.criteria[heading]).get("value")
    if heading == "得分" and item is None:
        named = {truth.dimension_of[truth.criteria[key]] for key in table.head if key in truth.criteria}
        return truth.row("dimensions", department=department, dimension=min(named)).get("points")
    if "答复评价" in row and heading in (*RATINGS, "合计"):
        return _two_stage(heading, str(row["答复评价"]), department, truth)
    return _of_item(heading, item, row, table, department, truth)


def _rank_among(whole: Mapping[str, Any], truth: Truth) -> str | None:
    within = truth.data["ruleset"].get("ranking", {}).get("within", "group") == "group"
    ranked = [row for row in truth.data["ranking"] if row["rank"] is not None]
    among = [row for row in ranked if row["group"] == whole["group"] or not within]
    return None if whole["rank"] is None else f"{whole['rank']}（{len(among)} 个单位中）"


def _two_stage(heading: str, answer: str, department: str, truth: Truth) -> Fraction:
    rows = [row for row in truth.data["two_stage"] if row["department"] == department]
    own = [row for row in rows if row["answer"] == RATINGS[answer]]
    return Fraction(
        sum(row["count"] for row in own if heading == "合计" or row["result"] == RATINGS[heading])
    )


def _of_item(
    heading: str, item: str | None, row: Mapping[str, Cell], table: Table, department: str, truth: Truth
) -> Any:
    change = truth.row("adjustments", department=department, adjustment=truth.changes.get(str(item), ""))
    # What a criterion did to the ranking stands among the adjustments too: there it has no full marks.
    if item in truth.criteria and not ("满分" in row and row["满分"] in NOTHING and change):
        score = truth.row("criteria", department=department, criterion=truth.criteria[item])
        fields = {
            "计入件数": "count",
            "符合件数": "hits",
            "值": "value",
            "得分": "points",
            "满分": "full_points",
        }
        fields |= {"引擎得分": "points"}
        if heading == "实际":
            return _actual(score, str(row["实际"]))
        if heading == "可得满分":
            return 0 if score["points"] is None else score["full_points"]
        if heading == "得分率":
            return (
                None
                if not score["full_points"] or score["points"] is None
                else score["points"] / Fraction(score["full_points"])
            )
        if heading == "组内位次":
            return _place(score, department, truth)
        if heading == "计分值":
            return _UNKNOWN if score["value"] is None else score["value"]
        return score.get(fields[heading]) if heading in fields else _UNKNOWN
    if item in truth.changes:
        if heading == "值":
            return None if "计入件数" in table.head else _measured(row["值"], department, truth)
        fields = {
            "分": "points",
            "分值": "points",
            "得分": "points",
            "值": "count",
            "计入件数": "count",
            "实际": "count",
        }
        return change.get(fields[heading]) if heading in fields else _UNKNOWN
    return _UNKNOWN


def _measured(cell: Cell, department: str, truth: Truth) -> Cell:
    """Return the cell where it is the value of one of the department's measures."""
    values = [row["value"] for row in truth.data["measures"] if row["department"] == department]
    return cell if any(value is not None and shows(cell, value) for value in values) else None


def _actual(score: Mapping[str, Any], cell: str) -> str | None:
    """Return the cell where all of it is said of the score: `30/31`, `96.77%`, a value, or how many there are to count."""
    if score["value"] is None:
        said = {str(score["count"])}
    elif score["hits"] is None:
        said = {plain(Fraction(score["value"]), 4)}
    else:
        said = {f"{score['hits']}/{score['count']}", f"{fixed(100 * Fraction(score['value']), 2)}%"}
    return cell if set(re.split(r"[，\s]+", cell)) <= said else None


def _place(score: Mapping[str, Any], department: str, truth: Truth) -> Any:
    """Return `3/12` of the points among the ranked of the group."""
    own = truth.row("ranking", department=department)
    within = truth.data["ruleset"].get("ranking", {}).get("within", "group") == "group"
    if own["rank"] is None or score["points"] is None or not score["full_points"]:
        return None
    others = [
        truth.row("criteria", department=row["department"], criterion=score["criterion"])["points"]
        for row in truth.data["ranking"]
        if row["rank"] is not None and (row["group"] == own["group"] or not within)
    ]
    known = [points for points in others if points is not None]
    return f"{1 + sum(points > score['points'] for points in known)}/{len(known)}"


def _of_rules(heading: str, row: Mapping[str, Cell], truth: Truth) -> Any:
    """Return the number of a table of the rules."""
    item = next((str(row[key]) for key in ITEMS if key in row), None)
    if heading == "满分" and item in truth.criteria:
        return truth.data["ruleset"]["criteria"][truth.criteria[item]].get("points", 0)
    if heading == "满分" and row.get("维度") in truth.dimensions:
        name = truth.dimensions[str(row["维度"])]
        return next(item["full_points"] for item in truth.data["dimensions"] if item["dimension"] == name)
    return _UNKNOWN


def shows(cell: Cell, wanted: Any) -> bool:
    """Return whether a cell shows a number: exactly, rounded to the places that it has, or as a percentage."""
    if isinstance(wanted, str):
        return str(cell) == wanted
    exact = Fraction(wanted)
    if isinstance(cell, float | int):
        return abs(Fraction(cell) - exact) < Fraction(1, 10**9)
    text = str(cell).strip()
    if text.endswith("%"):
        text, exact = text[:-1], exact * 100
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return False
    places = len(text.partition(".")[2])
    return text in (fixed(exact, places), plain(exact, places))


def _known_sentence(text: str, known: set[Fraction], truth: Truth) -> bool:
    """Return whether a sentence is the engine's own, or every number in it is one that it may tell."""
    if text.strip() in truth.texts:
        return True
    for name in truth.longest_names:
        text = text.replace(name, "")
    text = "\n".join(part for part in text.split("；") if part.strip() not in truth.texts)
    parts = [part for line in text.splitlines() for part in re.split("[、，；]", line)]
    left = [PARTS.sub("", part) for part in parts if part.strip() not in truth.texts]
    words = [word for part in left for word in part.split() if word not in truth.texts]
    said = [_bare(found) for word in words for found in NUMBER.findall(word)]
    return all(any(shows(found, abs(value)) for value in known) for found in said)


def _bare(number: str) -> str:
    """Return a number without the zeros of a date."""
    return re.sub(r"^0+(?=\d)", "", number)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _numbers(value: Any) -> Iterator[Fraction]:
    """Yield every number within a value, those of its texts too."""
    if isinstance(value, str):
        yield from (
            Fraction(found.rstrip("%")) / (100 if found.endswith("%") else 1)
            for found in NUMBER.findall(value)
        )
        yield from (Fraction(found.rstrip("%")) for found in NUMBER.findall(value))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(str(key))
            yield from _numbers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | Fraction) and not isinstance(value, bool):
        yield Fraction(value)


def wrong_csv(path: Path, truth: Truth) -> list[str]:
    """Return where a csv file differs from the table of its name: every cell, row by row."""
    rows = truth.data[path.stem]
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    if len(rows) != len(written):
        return [f"{path.name}: {len(written)} rows instead of {len(rows)}"]
    return [
        f"{path.name}, {number}, {key}: {cell!r}"
        for number, (row, cells) in enumerate(zip(rows, written, strict=True), start=1)
        for key, cell in cells.items()
        if _csv_cell(row[key]) not in (cell, cell.removeprefix("'"))
    ]


def _csv_cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Fraction):
        return plain(Fraction(value))
    return "" if value is None else str(value)


def wrong_page(data: Mapping[str, Any], truth: Truth) -> list[str]:
    """Return where the data of the page differ from the result: every column that is drawn."""
    ids = data["departments"]["id"]
    wanted: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {}
    for field in ("rank", "total", "base", "adjustments"):
        known = [truth.row("ranking", department=name)[field] for name in ids]
        wanted[f"departments.{field}"] = (data["departments"][field], known)
    for kind, fields in (("dimension", ("points",)), ("criterion", ("points", "count", "hits", "value"))):
        for part in data["dimensions" if kind == "dimension" else "criteria"]:
            table = "dimensions" if kind == "dimension" else "criteria"
            rows = [truth.row(table, **{"department": name, kind: part["id"]}) for name in ids]
            for field in fields:
                wanted[f"{part['id']}.{field}"] = (part[field], [row.get(field) for row in rows])
    for part in data["rates"]:
        names = [ids[place] for place in part["department"]]
        rows = [truth.row("rates", department=name, criterion=part["id"]) for name in names]
        for field in ("count", "hits", "value", "low", "high", "group_rate", "limit_low", "limit_high"):
            wanted[f"rates.{part['id']}.{field}"] = (part[field], [row[field] for row in rows])
    flow = data["flow"] or {"department": [], "count": []}
    rows = [row for row in truth.data["two_stage"] if row["department"] in ids]
    wanted["flow.count"] = (flow["count"], [row["count"] for row in rows])
    if data["certainty"]:
        known_low = [truth.row("certainty", department=name) for name in ids]
        wanted["rank_low"] = (data["certainty"]["low"], [row.get("rank_low") for row in known_low])
        wanted["rank_high"] = (data["certainty"]["high"], [row.get("rank_high") for row in known_low])
        for part, listed in zip(data["lists"], data["certainty"]["lists"], strict=True):
            known = [truth.row("certainty", department=name, selection=part["id"]) for name in ids]
            wanted[f"chance.{part['id']}"] = (listed["chance"], [row.get("probability") for row in known])
    changes = data["adjustments"]
    known = [row for row in truth.data["adjustments"] if row["department"] in ids]
    wanted["adjustments.points"] = (changes["points"], [row["points"] for row in known])
    wanted["adjustments.count"] = (changes["count"], [row["count"] for row in known])
    found = [
        f"{place}, {number}: {cell!r} for {value}"
        for place, (cells, values) in wanted.items()
        for number, (cell, value) in enumerate(zip(cells, values, strict=True))
        if not _said(cell, value)
    ]
    return found + list(_wrong_words(data, truth))


def _said(cell: Cell, value: Any) -> bool:
    if cell is None or value is None:
        # The page says no value of what was not measured.
        return cell is None
    return shows(re.split(r"[\s天件次分]", str(cell))[0], value)


def _wrong_words(data: Mapping[str, Any], truth: Truth) -> Iterator[str]:
    """Yield the sentences of explanations with a number that is not the department's."""
    for name, sections in zip(data["departments"]["id"], data["told"] or [], strict=False):
        for _, lines in sections:
            for _, text in lines:
                if not _known_sentence(ARITHMETIC.sub("", text), truth.of(name), truth):
                    yield f"told of {name}: {text}"


Reader = Callable[[Path], Read]
