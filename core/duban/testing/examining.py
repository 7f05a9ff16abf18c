"""Everything that is looked at in one plugin, in the order in which a reader would want to know it."""

from typing import Any

from .delivering import of_folders, of_reporters
from .faults import Fault
from .functions import answered, of_functions
from .judging import aggregator_answers, curve_answers, of_aggregators, of_curves
from .reckoning import reckoned
from .registering import Registered, fingerprint
from .titling import untitled
from .watching import Watch


def examined(plugin: Registered, watch: Watch) -> list[Fault]:
    """Return the faults of everything that a plugin registers."""
    functions = list(of_functions(plugin, watch))
    watch.turn_to("")
    return [
        *untitled(plugin.things),
        *functions,
        # What rests on a column that is wrong would be wrong too.
        *([] if functions or watch.faults else reckoned(plugin)),
        *of_curves(plugin, watch),
        *of_aggregators(plugin, watch),
        *of_reporters(plugin, watch),
        *of_folders(plugin),
    ]


def answers(plugin: Registered, watch: Watch, one_by_one: bool = False) -> dict[str, list[Any]]:
    """Return what must be the same in every time zone, locale and order of hashing: question and answer, by subject."""
    things = plugin.things
    told = {
        f"{kind}.{id}": [["registered", fingerprint(item)]]
        for kind, items in things.items()
        for id, item in items.items()
    }
    for id, column in things["columns"].items():
        if column.function is not None:
            told[f"columns.{id}"] += answered(plugin, watch, column, one_by_one)
    for id, curve in things["curves"].items():
        told[f"curves.{id}"] += curve_answers(curve, watch)
    for id, aggregator in things["aggregators"].items():
        told[f"aggregators.{id}"] += aggregator_answers(aggregator, watch)
    return told
