import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from duban.cli import execute
from duban.describing.schema import ruleset_schema, schema_text
from duban.registry import installed

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rulesets" / "duban_rulesets"
RULESETS = [
    *SHIPPED.glob("*/ruleset.toml"),
    *(ROOT / "samples").glob("**/ruleset.toml"),
    *(ROOT / "tests").glob("**/ruleset.toml"),
]
HEAD = 'format = 1\nid = "r"\ntitle = "办法"\n'
VALIDATOR = jsonschema.Draft202012Validator(ruleset_schema(installed()))


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def places(text: str) -> list[str]:
    """Return where each error stands, the deepest of the alternatives that do not fit."""
    found = []
    for error in VALIDATOR.iter_errors(as_json(tomli.loads(text))):
        deepest = jsonschema.exceptions.best_match([error])
        found.append(".".join(str(part) for part in deepest.absolute_path) or ".")
    return found


def test_it_is_a_schema_of_the_draft_that_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(ruleset_schema(installed()))


def test_the_file_that_ships_is_what_the_command_prints() -> None:
    made = (SHIPPED / "ruleset.schema.json").read_text("utf-8")
    assert made == schema_text(installed()), (
        "run: duban ruleset schema --out rulesets/duban_rulesets/ruleset.schema.json"
    )


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: path.parent.name)
def test_every_ruleset_passes(path: Path) -> None:
    assert places(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/ruleset.toml")), ids=lambda path: path.parent.name)
def test_every_shipped_ruleset_names_the_schema(path: Path) -> None:
    assert path.read_text("utf-8").splitlines()[0] == "#:schema ../ruleset.schema.json"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("bogus = 1", "."),
        ("period = { from = 2024-01-01, until = 2024-12-31 }", "period"),
        ('[deadlines.reply]\nmonths = "三"', "deadlines.reply.months"),
        ('[criteria.a]\ntitel = "x"', "criteria.a"),
        ("[criteria.a]\npoints = -1", "criteria.a.points"),
        ('[criteria.a]\nmissing = "nope"', "criteria.a.missing"),
        ('[criteria.a]\ncurve = "linaer"', "criteria.a.curve"),
        ('[criteria.a]\ncurve = { kind = "linear", zero = 1 }', "criteria.a.curve"),
        ('[criteria.a]\ncurve = { kind = "per_point" }', "criteria.a.curve"),
        ('[criteria.a]\ncurve = { kind = "bands", bands = [{ at_leats = 1 }] }', "criteria.a.curve.bands"),
        ("[criteria.a]\ndrop = false", "criteria.a.drop"),
        ('[criteria."中"]\npoints = 1', "criteria"),
        ('[dimensions.d]\naggregate = "maen"', "dimensions.d.aggregate"),
        ('[gates.g]\neffect = "nope"', "gates.g.effect"),
        ('[outcomes]\nA = "done"', "outcomes.A"),
        ("[selections.s]\nquota = { a = { share = 2 } }", "selections.s.quota"),
        ("[criteria.a]\npoints = [{ from = 2024-01-01, valu = 1 }]", "criteria.a.points"),
        ('[criteria.a]\npoints = [{ from = 2024-01-01, value = "1" }]', "criteria.a.points"),
        ("[criteria.a]\npoints = []", "criteria.a.points"),
    ],
)
def test_a_wrong_key_or_value_is_found_where_it_stands(text: str, place: str) -> None:
    found = places(HEAD + text)
    assert found
    assert all(item.startswith(place.removesuffix(".")) for item in found)


@pytest.mark.parametrize(
    "text",
    [
        '[criteria.a]\ncurve = "linear"',
        '[criteria.a]\ncurve = { kind = "linear", full_at = [{ from = 2024-01-01, value = 0.9 }] }',
        "[criteria.a]\ndrop = true",
        '[criteria.a]\npoints = [{ from = 2024-01-01, value = 1, basis = "第八条" }]',
        '[criteria.a]\nmissing = { too_few_cases = "group_mean" }',
        'aggregate = { kind = "geometric" }\nincomplete = ["没有写名额"]\nbasis = "一"',
        '[selections.s]\nquota = { a = 3, b = { share = 0.2, round = "up" } }',
    ],
)
def test_what_loads_passes(text: str) -> None:
    assert places(HEAD + text) == []


def test_every_key_is_explained_in_chinese() -> None:
    assert [
        path for path, said in keys(ruleset_schema(installed())) if not re.search(r"[\u4e00-\u9fff]", said)
    ] == []


def keys(schema: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key of a file with its description; those of an entry by date are explained where they are dated."""
    if isinstance(schema, dict):
        fields = schema.get("properties", {})
        if "value" not in fields or "from" not in fields:
            for name, field in fields.items():
                yield f"{path}.{name}", "见定义" if set(field) == {"$ref"} else field.get("description", "")
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from keys(item, path)


def test_the_command_prints_it_or_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["ruleset", "schema"]) == 0
    printed = capsys.readouterr().out
    assert execute(["ruleset", "schema", "--out", str(tmp_path / "s.json")]) == 0
    assert printed == (tmp_path / "s.json").read_text("utf-8") == schema_text(installed())
    assert json.loads(printed)["$schema"].endswith("2020-12/schema")


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    assert execute(["ruleset", "schema", "--out", str(tmp_path / "no" / "s.json")]) == 2
