"""Everything that is looked at in one plugin, in the order in which a reader would want to know it.

What a plugin does not have needs no imports: each of them is paid for in every process that runs a plugin.
"""

from collections.abc import Iterator
from typing import Any

from .faults import Fault
from .registering import Registered, fingerprint
from .titling import untitled
from .watching import Watch

_WITH_TEXTS = ("measures", "columns", "checks")


def examined(plugin: Registered, watch: Watch) -> list[Fault]:
    """Return the faults of everything that a plugin registers."""
    things, found = plugin.things, list(untitled(plugin.things))
    columns = list(_of_columns(plugin, watch))
    found += columns
    watch.turn_to("")
    # What rests on a column that is wrong would be wrong too.
    if any(things[kind] for kind in _WITH_TEXTS) and not columns and not watch.faults:
        from .reckoning import reckoned

        found += reckoned(plugin)
    if things["curves"] or things["aggregators"]:
        from .judging import of_aggregators, of_curves

        found += [*of_curves(plugin, watch), *of_aggregators(plugin, watch)]
    if things["reporters"] or things["rulesets"] or things["samples"]:
        from .delivering import of_folders, of_reporters

        found += [*of_reporters(plugin, watch), *of_folders(plugin)]
    return found


def _of_columns(plugin: Registered, watch: Watch) -> Iterator[Fault]:
    if any(column.function is not None for column in plugin.things["columns"].values()):
        from .functions import of_functions

        yield from of_functions(plugin, watch)


def answers(plugin: Registered, watch: Watch, one_by_one: bool = False) -> dict[str, list[Any]]:
    """Return what must be the same in all surroundings: questions and answers, by subject."""
    things = plugin.things
    told: dict[str, list[Any]] = {
        f"{kind}.{id}": [["registered", fingerprint(item)]]
        for kind, items in things.items()
        for id, item in items.items()
    }
    for id, column in things["columns"].items():
        if column.function is not None:
            from .functions import answered

            told[f"columns.{id}"] += answered(plugin, watch, column, one_by_one)
    for kind in ("curves", "aggregators"):
        for id, item in things[kind].items():
            from .judging import judgements_of

            told[f"{kind}.{id}"] += judgements_of(item, watch)
    return told
