"""The JSON Schema (draft 2020-12) of a ruleset, in Chinese, with the curves and aggregators that are installed.

It says what a file may hold, not what a whole ruleset needs: a child writes only the keys that it changes, so that no
key of a criterion is required here. That is checked when the ruleset is loaded.
"""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from duban.loading import BY_ID
from duban.methods import Aggregator, Curve
from duban.registry import Registry
from duban.ruleset import Ruleset
from duban.tables import OUTCOMES
from duban.texts import phrase

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Known before the period is, so never by date.
_UNDATED = ("format", "id", "extends", "period")
_IN_A_DEFINITION = "#/$defs/"


def ruleset_schema(registry: Registry) -> Schema:
    """Return the schema of the files that the installed plugins can load."""
    whole = _plain(_undescribed(Ruleset.model_json_schema()))
    definitions: dict[str, Schema] = whole.pop("$defs")
    # What a curve or an aggregator is, the plugins say.
    del definitions["Choice"]
    _name_definitions(whole, definitions)
    for section in BY_ID:
        _by_id(whole["properties"][section], definitions)
    whole["properties"]["outcomes"]["additionalProperties"]["enum"] = list(OUTCOMES)
    period = _defined(whole["properties"]["period"])
    for name, definition in [("", whole), *definitions.items()]:
        if name != period and "properties" in definition:
            _allow_dates(definition, _UNDATED if definition is whole else ())
    definitions |= _methods("curve", registry.curves) | _methods("aggregate", registry.aggregators)
    definitions["basis"] = _basis()
    definitions["drop"] = {"const": True, "description": phrase("describing.schema_drop")}
    head = {"$schema": DIALECT, "title": phrase("describing.schema_title")}
    return {**head, **whole, "$defs": dict(sorted(definitions.items()))}


def schema_text(registry: Registry) -> str:
    """Return the schema as it is written into a file."""
    return json.dumps(ruleset_schema(registry), ensure_ascii=False, indent=1) + "\n"


def _basis() -> Schema:
    texts = {"type": "array", "items": {"type": "string"}}
    return {"anyOf": [{"type": "string"}, texts], "description": phrase("describing.schema_basis")}


def _undescribed(schema: Schema) -> Schema:
    """Return pydantic's schema without the docstrings of the models, which are written for developers."""
    for model in (schema, *schema.get("$defs", {}).values()):
        model.pop("description", None)
    return schema


def _plain(value: Any, *, named: bool = False) -> Any:
    """Return pydantic's schema without the titles that it makes up, and without the null that TOML does not have.

    `named`: the keys of the value are names of the ruleset's own, not words of JSON Schema.
    """
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if named:
        return {key: _plain(item) for key, item in value.items()}
    kept = {
        key: _plain(item, named=key in ("properties", "$defs", "patternProperties"))
        for key, item in value.items()
        if key not in ("title", "default", "discriminator")
    }
    kept |= _default(value)
    options = [item for item in kept.get("anyOf", []) + kept.get("oneOf", []) if item != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        kept = {**options[0], **kept}
    elif "oneOf" in kept:
        # The forms of a value differ by type; a null among them is none.
        del kept["oneOf"]
        kept["anyOf"] = options
    return kept


def _default(value: Mapping[str, Any]) -> Schema:
    default = value.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return {}
    if value.get("type") == "number":
        return {"default": float(Fraction(default))}
    return {"default": default}


def _defined(schema: Schema) -> str:
    """Return the name of the definition that a property names, empty where it names none."""
    return str(next(_references(schema), "")).removeprefix(_IN_A_DEFINITION)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _name_definitions(whole: Schema, definitions: dict[str, Schema]) -> None:
    """Give each definition as its title what the key that names it says it is."""
    for definition in (whole, *definitions.values()):
        for key, field in definition.get("properties", {}).items():
            if field.get("$ref") == f"{_IN_A_DEFINITION}Choice":
                field["$ref"] = f"{_IN_A_DEFINITION}{key}"
            for reference in _references(field):
                named = definitions.get(reference.removeprefix(_IN_A_DEFINITION))
                if named is not None and "properties" in named and "description" in field:
                    named.setdefault("title", field["description"])


def _by_id(section: Schema, definitions: dict[str, Schema]) -> None:
    """Let a section have ids alone as keys, and what stands below them be dropped, or written in part."""
    thing = definitions.get(_defined(section))
    if thing is not None and "patternProperties" in section:
        section["additionalProperties"] = False
        thing.pop("required", None)
        thing["properties"]["drop"] = {"$ref": f"{_IN_A_DEFINITION}drop"}


def _allow_dates(definition: Schema, undated: tuple[str, ...]) -> None:
    """Let every key but the undated ones, and `drop`, have values by date."""
    for key, field in definition["properties"].items():
        if key not in undated and key != "drop":
            definition["properties"][key] = _dated(field)


def _dated(field: Schema) -> Schema:
    said: Schema = {key: field[key] for key in ("description", "default") if key in field}
    plain = {key: item for key, item in field.items() if key not in said}
    entry = {
        "type": "object",
        "properties": {
            "from": {"type": "string", "format": "date", "description": phrase("describing.schema_from")},
            "value": plain,
            "basis": {"$ref": f"{_IN_A_DEFINITION}basis"},
        },
        "required": ["from", "value"],
        "additionalProperties": False,
    }
    by_date = {
        "type": "array",
        "minItems": 1,
        "items": entry,
        "title": phrase("describing.schema_dated"),
    }
    return {**said, "anyOf": [plain, by_date]}


def _methods(kind: str, methods: Mapping[str, Curve] | Mapping[str, Aggregator]) -> dict[str, Schema]:
    """Return the definitions of one kind of method: the choice among them, and the parameters of each."""
    definitions: dict[str, Schema] = {}
    tables, alone = [], []
    for name, method in methods.items():
        prefix = f"{kind}_{name}_"
        model = method.parameters.model_json_schema(ref_template=f"{_IN_A_DEFINITION}{prefix}{{model}}")
        table = _plain(_undescribed(model))
        parts = {f"{prefix}{part}": schema for part, schema in table.pop("$defs", {}).items()}
        for definition in (table, *parts.values()):
            if "properties" in definition:
                _allow_dates(definition, ())
        alone += [] if "required" in table else [name]
        kind_key = {"kind": {"const": name, "description": method.title}}
        fields = {**kind_key, **table.get("properties", {})}
        required = ["kind", *table.get("required", [])]
        tables.append({**table, "title": method.title, "properties": fields, "required": required})
        definitions |= parts
    return {**definitions, kind: {"oneOf": [{"enum": alone}, *tables]}}
