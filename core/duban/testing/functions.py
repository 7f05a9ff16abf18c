"""The laws of a function that works a column out: each row by itself, the same answer whenever it is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, NoSuchExample

from duban.added_columns import derived_columns
from duban.derived_functions import answers_of, frame_of
from duban.errors import PluginError, shown
from duban.methods import DerivedColumn
from duban.ruleset import Ruleset
from duban.tables import Column, known_tables

from .faults import Fault
from .making import cell_text
from .registering import Registered
from .values import constants_of, values
from .watching import Refused, Watch

Row = tuple[Any, ...]
Answers = Sequence[str | None]
# Another way of asking about rows, which must not change the answer.
Way = Callable[[Sequence[Row]], Answers]
Law = Callable[[Sequence[Row]], bool]
_MOST_ROWS = 5
# Far more than hypothesis draws: a function may think again where a batch is long.
_LONG = 2000
_SETTINGS = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def of_functions(plugin: Registered, watch: Watch) -> Iterator[Fault]:
    """Yield what is wrong with the functions of a plugin's derived columns, with the fewest and plainest rows."""
    for id, column in plugin.things["columns"].items():
        if column.function is None:
            continue
        known = columns_of(plugin, column.table)
        missing = [name for name in column.needs if name not in known]
        if missing:
            yield from (Fault("column_undeclared", f"columns.{id}", {"name": name}) for name in missing)
        else:
            yield from _Laws(plugin.name, column, known, watch).broken()


def columns_of(plugin: Registered, table: str) -> Mapping[str, Column]:
    """Return the columns that a function over a table may need."""
    tables = known_tables(plugin.registry.tables.values())
    added = derived_columns(Ruleset(format=1, id="check", title="检查")) if table == "cases" else {}
    return {**(tables[table].columns if table in tables else {}), **added}


def answered(plugin: Registered, watch: Watch, column: DerivedColumn, one_by_one: bool) -> list[Any]:
    """Return rows with what a function says of each, for a comparison.

    `one_by_one` asks for the last row first: whoever remembers what came before says something else then.
    """
    known = columns_of(plugin, column.table)
    laws = _Laws(plugin.name, column, known, watch)
    rows = laws.sample()
    said = [laws.ask([row])[0] for row in rows[::-1]][::-1] if one_by_one else laws.ask(rows)
    return [[laws.shown(row), answer] for row, answer in zip(rows, said, strict=True)]


class _Laws:
    """Holds one function to its laws."""

    def __init__(self, plugin: str, column: DerivedColumn, known: Mapping[str, Column], watch: Watch) -> None:
        self._plugin, self._column, self._watch, self._known = plugin, column, watch, known
        self._needs = [known[name] for name in column.needs]
        self._subject = f"columns.{column.id}"
        self._constants = constants_of(_written(column.function))
        self._raised: dict[str, PluginError] = {}

    def broken(self) -> Iterator[Fault]:
        """Yield a fault for the first law that is broken; where the function fails, no law can be asked for."""
        ways: Sequence[tuple[str, Way]] = (
            ("answer_changes_between_runs", self._again),
            ("column_undeclared", self._beside_others),
            ("depends_on_order", self._turned),
            ("depends_on_batches", self._one_by_one),
            ("depends_on_batches", self._among_many),
        )
        laws: list[tuple[str, Law, Way | None]] = [("", self._answers, None)]
        laws += [(code, partial(self._same, way), way) for code, way in ways]
        for code, law, way in laws:
            try:
                rows = find(self._rows(), lambda rows, law=law: not law(rows), settings=_SETTINGS)  # type: ignore[misc]
            except NoSuchExample:
                continue
            except (Refused, Flaky):
                if not self._watch.has_refused(self._subject):
                    yield self._fault("answer_changes_between_runs", self.sample()[:1])
                return
            yield self._fault(code, self._fewest(rows, law), way)
            return

    def _fewest(self, rows: Sequence[Row], law: Law) -> Sequence[Row]:
        """Return no more rows than it takes to break a law."""
        for row in rows:
            fewer = [other for other in rows if other is not row]
            if fewer and not law(fewer):
                rows = fewer
        return rows

    def _fault(self, code: str, rows: Sequence[Row], way: Way | None = None) -> Fault:
        example = tuple(self.shown(row) for row in rows)
        if code:
            facts = {"name": "、".join(self._undeclared(rows))} if code == "column_undeclared" else {}
            return Fault(code, self._subject, facts, (*example, *(self._both(way, rows) if way else ())))
        try:
            self.ask(rows)
        except PluginError as error:
            return Fault(error.code, self._subject, error.facts, example)
        return Fault("answer_changes_between_runs", self._subject, {}, example)

    def _both(self, way: Way, rows: Sequence[Row]) -> Iterator[str]:
        """Yield the two answers, where they differ now too: chance may agree with itself."""
        one, other = self.ask(rows), way(rows)
        if one != other:
            yield f"{_said(one)} ≠ {_said(other)}"

    def ask(self, rows: Sequence[Row], more: Sequence[Column] = ()) -> Answers:
        """Return what the function says of rows of its needs; the columns `more` are there too, but nothing in them is its business.

        Raises: PluginError, where it fails or answers what no column can hold; Refused.
        """
        frame = frame_of(
            [(*row, *(values(column)[1] for column in more)) for row in rows], [*self._needs, *more]
        )
        return self._watch.ask(self._subject, lambda: answers_of(self._column, self._plugin, frame))

    def sample(self) -> list[Row]:
        """Return rows that together hold every value of every column, and gaps."""
        choices = [[*values(column, self._constants), None] for column in self._needs]
        number = 2 * max(map(len, choices), default=1)
        # Steps of their own let the columns meet in ever other combinations.
        return list(
            dict.fromkeys(
                tuple(
                    several[(place * (step + 1) + step) % len(several)]
                    for step, several in enumerate(choices)
                )
                for place in range(number)
            )
        )

    def _rows(self) -> st.SearchStrategy[list[Row]]:
        cells = [st.sampled_from([None, *values(column, self._constants)]) for column in self._needs]
        return st.lists(st.tuples(*cells), min_size=1, max_size=_MOST_ROWS, unique=True) | st.just(
            self.sample()
        )

    def _answers(self, rows: Sequence[Row]) -> bool:
        try:
            self.ask(rows)
        except PluginError:
            return False
        return True

    def _same(self, way: Way, rows: Sequence[Row]) -> bool:
        return self.ask(rows) == way(rows)

    def _again(self, rows: Sequence[Row]) -> Answers:
        self.ask(self.sample())
        return self.ask(rows)

    def _turned(self, rows: Sequence[Row]) -> Answers:
        return self.ask(rows[::-1])[::-1]

    def _one_by_one(self, rows: Sequence[Row]) -> Answers:
        return [self.ask([row])[0] for row in rows]

    def _among_many(self, rows: Sequence[Row]) -> Answers:
        return self.ask([rows[place % len(rows)] for place in range(_LONG)])[: len(rows)]

    def _beside_others(self, rows: Sequence[Row]) -> Answers:
        return self.ask(rows, self._others())

    def _others(self) -> list[Column]:
        return [column for name, column in self._known.items() if name not in self._column.needs]

    def _undeclared(self, rows: Sequence[Row]) -> list[str]:
        """Return the columns each of which alone changes the answer."""
        plain = self.ask(rows)
        return [column.name for column in self._others() if self.ask(rows, [column]) != plain]

    def shown(self, row: Row) -> str:
        """Return a row as `column=value`, unknown cells as `—`."""
        cells = zip(self._needs, row, strict=True)
        return ", ".join(
            f"{column.name}={'—' if value is None else cell_text(value)}" for column, value in cells
        )


def _said(answers: Answers) -> str:
    return ", ".join("—" if answer is None else shown(answer) for answer in answers)


def _written(function: object) -> list[str]:
    """Return the source of a function, whose constants are worth trying; nothing where it cannot be read."""
    import inspect

    try:
        return [inspect.getsource(function).replace('"', "'")]  # type: ignore[arg-type]
    except (OSError, TypeError):
        return []
