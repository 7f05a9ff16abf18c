"""`duban plugins list`: every installed plugin, whether it is loaded, and what it registers."""

import json
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import common_options, disable_option, looks
from duban.errors import shown
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.cli.console import Paper
    from duban.registry import Registry


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def list_plugins(disable: tuple[str, ...], ids: bool, as_json: bool) -> int:
        return _list(disable, ids, as_json, language)

    return click.Command(
        "list",
        callback=list_plugins,
        params=[
            click.Option(["--all", "-a", "ids"], is_flag=True, help=phrase("cli.plugins_all", language)),
            click.Option(["--json", "as_json"], is_flag=True, help=phrase("cli.plugins_json", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("cli.plugins_list", language),
        short_help=phrase("cli.plugins_list_short", language),
        **looks(language),
    )


def _list(disable: tuple[str, ...], ids: bool, as_json: bool, language: Language) -> int:
    from duban.cli.console import Paper
    from duban.registry import installed

    registry = installed(disable)
    if as_json:
        # Escapes alone: no encoding of the terminal can spoil a path.
        click.echo(json.dumps({"plugins": _as_data(registry, language)}, indent=2))
    else:
        _show(Paper(language), registry, ids)
    return 1 if registry.faults else 0


def _as_data(registry: "Registry", language: Language) -> list[dict[str, Any]]:
    things = _things(registry)
    return [
        {
            "name": plugin.name,
            "version": plugin.version,
            "distribution": plugin.distribution,
            "place": plugin.place,
            "state": _state(registry, plugin.name),
            "fault": _fault(registry, plugin.name, language),
            "registers": things[plugin.name],
        }
        for plugin in registry.plugins.values()
    ]


def _fault(registry: "Registry", name: str, language: Language) -> dict[str, str] | None:
    fault = registry.faults.get(name)
    return None if fault is None else {"code": fault.code, "message": fault.line(language)}


def _state(registry: "Registry", name: str) -> str:
    """Return the state of a plugin: `loaded`, `partly` (some of its things are left out), `disabled`, `failed`."""
    if name in registry.disabled:
        return "disabled"
    if name not in registry.versions:
        return "failed"
    return "partly" if name in registry.faults else "loaded"


def _things(registry: "Registry") -> dict[str, dict[str, list[str]]]:
    """Return what each plugin registers: the ids by kind."""
    things: dict[str, dict[str, list[str]]] = {name: {} for name in registry.plugins}
    for (kind, id), plugin in registry.origins.items():
        things[plugin].setdefault(kind, []).append(id)
    return things


def _show(paper: "Paper", registry: "Registry", ids: bool) -> None:
    things = _things(registry)
    keys = ("plugin", "plugin_version", "plugin_state", "plugin_things", "plugin_source")
    rows = [
        [
            shown(plugin.name),
            shown(plugin.version),
            paper.say(f"plugin_{_state(registry, plugin.name)}"),
            _counts(paper, things[plugin.name]),
            shown(f"{plugin.distribution} {plugin.place}"),
        ]
        for plugin in registry.plugins.values()
    ]
    paper.table(paper.say("plugins_title"), [(paper.say(key), False) for key in keys], rows)
    for name in registry.plugins if ids else ():
        for kind, found in things[name].items():
            paper.text(f"{shown(name)} {paper.say(f'kind_{kind}')}: {', '.join(found)}")
    for fault in registry.faults.values():
        paper.text(fault.line(paper.language), "red")


def _counts(paper: "Paper", things: dict[str, list[str]]) -> str:
    counted = [
        paper.say("plugin_count", kind=paper.say(f"kind_{kind}"), count=len(ids))
        for kind, ids in things.items()
    ]
    return paper.say("comma").join(counted)
