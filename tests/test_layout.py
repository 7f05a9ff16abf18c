"""The house is built as it is drawn: folders, entry points, packaging, public names, wording."""

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import duban
from duban.texts import codes, entry

ROOT = Path(__file__).parents[1]
FOLDERS = ("core", "plugins", "rulesets", "samples")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FACT = re.compile(r"\{(\w+)\}")


def packages(folder: str) -> list[str]:
    return sorted(path.parent.name for path in (ROOT / folder).glob("*/__init__.py"))


def test_every_plugin_folder_is_an_entry_point() -> None:
    found = [name for folder in ("plugins", "rulesets", "samples") for name in packages(folder)]
    assert {name: name for name in found} == PROJECT["project"]["entry-points"]["duban"]


def test_the_wheel_takes_the_four_folders() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert (tuple(wheel["only-include"]), tuple(wheel["sources"])) == (FOLDERS, FOLDERS)


@pytest.mark.parametrize("folder", ["core", "plugins"])
def test_packages_with_code_are_typed(folder: str) -> None:
    assert [name for name in packages(folder) if not (ROOT / folder / name / "py.typed").is_file()] == []


def test_public_names_are_sorted_and_importable() -> None:
    names = duban.__all__
    assert sorted(names) == names
    assert [name for name in names if getattr(duban, name, None) is None] == []


def test_public_names_are_the_same_for_type_checkers() -> None:
    tree = ast.parse((ROOT / "core" / "duban" / "__init__.py").read_text("utf-8"))
    typed = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    ]
    assert sorted(typed) == duban.__all__


@pytest.mark.parametrize("name", ["duban", "duban.testing"])
def test_no_module_has_a_public_name(name: str) -> None:
    # Once imported by anybody, it would be found in the place of what is asked for.
    package = import_module(name)
    assert not {item.name for item in iter_modules(package.__path__)} & {*package.__all__}


def test_plugins_import_only_duban() -> None:
    for path in (ROOT / "plugins").glob("*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.ImportFrom)
                and not node.level
                and (node.module or "").startswith("duban")
            ):
                own = path.relative_to(ROOT / "plugins").parts[0]
                assert (node.module or "").split(".")[0] == own or node.module == "duban", (
                    f"{path}: {node.module}"
                )


@pytest.mark.parametrize("kind", ["errors", "findings", "phrases"])
def test_wording_is_complete_in_both_languages(kind: str) -> None:
    wanted = {"zh", "en"} if kind == "phrases" else {"zh", "en", "do_zh", "do_en"}
    wanted |= {"severity", "title_zh", "title_en"} if kind == "findings" else set()
    assert {code: set(entry(kind, code)) for code in codes(kind)} == dict.fromkeys(codes(kind), wanted)


@pytest.mark.parametrize("kind", ["errors", "findings", "phrases"])
def test_both_languages_tell_the_same_facts(kind: str) -> None:
    """English may use `{stage_en}` for `{stage}`, and leave out the Chinese name of what it names by id."""
    different = []
    for code in codes(kind):
        for one, other in (("zh", "en"), ("do_zh", "do_en")):
            chinese = set(FACT.findall(entry(kind, code).get(one, "")))
            english = {name.removesuffix("_en") for name in FACT.findall(entry(kind, code).get(other, ""))}
            if english - chinese or chinese - english - {"column", "title"}:
                different.append((code, chinese ^ english))
    assert different == []


def raised_codes() -> set[str]:
    """Return every code that the source raises as an error, records as a finding, or gives a model's validator."""
    raised = re.compile(r'\b(?:\w*Error|Stopped|finding)\(\s*"([a-z_0-9]+)"')
    sources = [
        path.read_text("utf-8") for folder in ("core", "plugins") for path in (ROOT / folder).glob("**/*.py")
    ]
    return {code for source in sources for code in raised.findall(source)}


def test_every_raised_code_has_its_wording() -> None:
    assert sorted(raised_codes() - {*codes("errors"), *codes("findings")}) == []


def test_every_module_is_importable_and_says_what_it_is() -> None:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*/**/*.py")):
            name = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts).removesuffix(".__init__")
            assert import_module(name).__doc__, name
