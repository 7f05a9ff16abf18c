"""`duban explain WORKSPACE DEPARTMENT [CRITERION]`: why, from the total down to the single case."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duban.errors import Stopped, UsageError
from duban.texts import Language, phrase

from .commands import common_options, evaluation_options, looks

if TYPE_CHECKING:
    from duban.explaining.explanations import Explanations
    from duban.explaining.naming import Named
    from duban.pipeline import Running
    from duban.preparing import Prepared
    from duban.results import Department


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def explain(workspace: str, department: str, criterion: str | None, **choices: Any) -> int:
        return _explain(workspace, department, criterion, language, choices)

    (place, *options) = evaluation_options(language)
    return click.Command(
        "explain",
        callback=explain,
        params=[
            place,
            click.Argument(["department"]),
            click.Argument(["criterion"], required=False),
            *options,
            click.Option(
                ["--against"], metavar="DEPARTMENT", help=phrase("explaining.option_against", language)
            ),
            click.Option(["--path"], is_flag=True, help=phrase("margins.option_path", language)),
            click.Option(
                ["--effort"],
                multiple=True,
                metavar="KIND=N",
                help=phrase("margins.option_effort", language),
            ),
            click.Option(["--sql"], metavar="DIR", help=phrase("explaining.option_sql", language)),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=phrase("explaining.option_json", language)
            ),
            *common_options(language),
        ],
        help=phrase("explaining.explain", language),
        short_help=phrase("explaining.explain_short", language),
        **looks(language),
    )


def _explain(
    workspace: str, department: str, criterion: str | None, language: Language, choices: Mapping[str, Any]
) -> int:
    from duban.margins.telling import efforts_of
    from duban.pipeline import running
    from duban.preparing import prepare

    from .console import Paper
    from .findings_view import show_kinds
    from .ways_view import Ways

    if choices["against"] and choices["sql"]:
        raise UsageError("explain_options_apart", first="--against", second="--sql")
    disable, efforts = choices["disable"], efforts_of(choices["effort"])
    prepared = prepare(workspace, choices["as_of"], choices["ruleset"], (), disable)
    try:
        with running(prepared, language) as current:
            question = _Question(prepared, current, department, criterion)
            data = dict(question.answer(choices["against"], choices["sql"]))
            if choices["path"]:
                data["ways"] = Ways(prepared, current, question.department, efforts)
            if choices["as_json"]:
                click.echo(json.dumps(question.as_data(data), ensure_ascii=False, indent=1))
                return 0
            question.show(Paper(language), data)
    except Stopped as stopped:
        show_kinds(Paper(language, aside=choices["as_json"]), stopped.findings, disable)
        raise
    return 0


class _Question:
    """One question and its answer; `rule` is the one that was asked for, None for everything."""

    def __init__(
        self, prepared: "Prepared", current: "Running", department: str, criterion: str | None
    ) -> None:
        from duban.explaining.naming import find_department, find_rule

        self._prepared, self._current, self._run = prepared, current, current.run
        self._departments = current.facts.departments
        self.department: Department = find_department(self._departments, department)
        self.rule: Named | None = None if criterion is None else find_rule(prepared.plan.ruleset, criterion)

    @property
    def explanations(self) -> "Explanations":
        """The explanations of the run; a run of the pipeline always has them."""
        if self._run.explanations is None:
            raise ValueError("a run without explanations")
        return self._run.explanations

    def answer(self, against: str | None, sql: str | None) -> Iterator[tuple[str, Any]]:
        """Yield what was asked for, by its name."""
        if against is not None:
            yield "against", self._other(against)
        else:
            yield "returning", self.explanations.returning(self.department.id)
        if sql is not None:
            yield "sql", self._write_sql(Path(sql))

    def _other(self, name: str) -> "Department":
        from duban.explaining.naming import find_department

        other = find_department(self._departments, name)
        if other.id == self.department.id:
            raise UsageError("explain_same_department", name=name)
        return other

    def _write_sql(self, folder: Path) -> dict[str, Any]:
        from duban.explaining.naming import Named
        from duban.explaining.queries import Queries

        plan = self._prepared.plan
        queries = Queries(self._current.engine, self._current.facts.relations, plan, self._prepared.as_of)
        everything = [
            *(Named("criteria", item.id) for item in plan.criteria),
            *(Named("adjustments", item.id) for item in plan.adjustments),
            *(Named("gates", item.id) for item in plan.gates),
        ]
        rules = everything if self.rule is None else [self.rule]
        # Whole, because `.` has no name under which another folder could take its place.
        return {"folder": str(folder), "files": queries.write(self.department, rules, folder.resolve())}

    def as_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer for programs."""
        from .explain_data import as_data

        return as_data(self._run, self.explanations, self.department, self.rule, data)

    def show(self, paper: Any, data: Mapping[str, Any]) -> None:
        """Print the answer."""
        from .explain_view import View

        view = View(paper, self._run, self.explanations, self.department)
        if "against" in data:
            view.against(data["against"], self.rule)
        else:
            view.explanation(self.rule)
            view.cases(data["returning"], self.rule)
        if "ways" in data:
            data["ways"].show(paper)
        if "sql" in data:
            view.sql(data["sql"])
