"""`duban ruleset test RULESET`: its examples run like a test suite; what they do not reach, and do not notice."""

import json
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import common_options, looks
from duban.errors import one_line
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.examples.coverage import Gap
    from duban.examples.mutants import Mutant
    from duban.examples.opening import Rules, Suite
    from duban.examples.running import Outcome


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def test(ruleset: str, examples: str | None, coverage: bool, mutate: bool, as_json: bool) -> int:
        return _test(ruleset, examples, coverage, mutate, as_json, language)

    def flag(name: str, *names: str) -> click.Option:
        return click.Option(
            [f"--{name}", *names], is_flag=True, help=phrase(f"examples.option_{name}", language)
        )

    return click.Command(
        "test",
        callback=test,
        params=[
            click.Argument(["ruleset"], metavar="RULESET"),
            click.Option(["--examples"], metavar="FILE", help=phrase("examples.option_examples", language)),
            flag("coverage"),
            flag("mutate"),
            flag("json", "as_json"),
            *common_options(language),
        ],
        help=phrase("examples.test", language),
        short_help=phrase("examples.test_short", language),
        **looks(language),
    )


def _test(
    ruleset: str, examples: str | None, coverage: bool, mutate: bool, as_json: bool, language: Language
) -> int:
    from duban.examples.coverage import gaps
    from duban.examples.mutants import run_mutants
    from duban.examples.opening import open_rules, open_suite
    from duban.examples.running import run_suite

    rules, suite = open_rules(ruleset), open_suite(ruleset, examples)
    outcomes = run_suite(rules, suite, language)
    passed = all(outcome.passed for outcome in outcomes)
    judged = [outcome.judged for outcome in outcomes if outcome.judged is not None]
    uncovered = gaps(rules.plan(), judged) if coverage else None
    # Where an example fails already, it would notice everything.
    mutants = run_mutants(rules, suite, outcomes) if mutate and passed else None
    if as_json:
        data = _as_data(rules, suite, outcomes, uncovered, mutants, language)
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        _show(rules, suite, outcomes, language)
        _show_more(rules, uncovered, mutants, mutate and not passed, language)
    return 0 if passed else 1


def _show(rules: "Rules", suite: "Suite", outcomes: "list[Outcome]", language: Language) -> None:
    from duban.examples.telling import Teller

    teller = Teller(suite, language)
    for outcome in outcomes:
        click.echo(one_line(f"{'✓' if outcome.passed else '✗'} {outcome.id}  {outcome.example.says}"))
        for line in teller.reasons(outcome):
            click.echo(f"    {one_line(line)}")
    passed = sum(outcome.passed for outcome in outcomes)
    said = {"ruleset": rules.loaded.ruleset.id, "count": len(outcomes), "passed": passed}
    click.echo(teller.say("summary", failed=len(outcomes) - passed, **said))


def _show_more(
    rules: "Rules",
    uncovered: "list[Gap] | None",
    mutants: "list[Mutant] | None",
    left_out: bool,
    language: Language,
) -> None:
    from duban.examples.proposing import proposals, unproposed
    from duban.examples.summing import Summary

    summary = Summary(rules, language)
    for line in summary.gaps(uncovered) if uncovered is not None else ():
        click.echo(one_line(line))
    if left_out:
        click.echo(summary.say("mutants_not_run"))
    if mutants is None:
        return
    for line in summary.mutants(mutants):
        click.echo(one_line(line))
    made = proposals(rules, mutants)
    for line in summary.unproposed(list(unproposed(mutants, made))):
        click.echo(one_line(line))
    if made:
        click.echo(summary.say("proposed"))
    for proposal in made:
        click.echo("\n" + summary.proposal(proposal), nl=False)


def _as_data(
    rules: "Rules",
    suite: "Suite",
    outcomes: "list[Outcome]",
    uncovered: "list[Gap] | None",
    mutants: "list[Mutant] | None",
    language: Language,
) -> dict[str, Any]:
    from duban.examples.telling import Teller

    teller = Teller(suite, language)
    data: dict[str, Any] = {
        "ruleset": rules.loaded.ruleset.id,
        "examples": [_outcome_data(suite, teller, outcome) for outcome in outcomes],
    }
    return data | _more_data(rules, uncovered, mutants, language)


def _outcome_data(suite: "Suite", teller: Any, outcome: "Outcome") -> dict[str, Any]:
    return {
        "id": outcome.id,
        "says": outcome.example.says,
        "place": str(suite.key_at((outcome.id,))),
        "passed": outcome.passed,
        "differences": [
            {
                "department": item.department,
                "key": item.key,
                "name": item.name,
                "expected": teller.value(item.expected),
                "found": teller.value(item.found),
            }
            for item in outcome.differences
        ],
        "reasons": list(teller.reasons(outcome)),
    }


def _more_data(
    rules: "Rules", uncovered: "list[Gap] | None", mutants: "list[Mutant] | None", language: Language
) -> dict[str, Any]:
    from duban.examples.proposing import proposals
    from duban.examples.summing import Summary, dotted

    summary, data = Summary(rules, language), dict[str, Any]()
    if uncovered is not None:
        data["uncovered"] = [
            {"path": dotted(gap.path), "code": gap.code, "message": summary.gap(gap)} for gap in uncovered
        ]
    if mutants is not None:
        data["mutants"] = [
            {
                "path": dotted(item.mutation.path),
                "kind": item.mutation.kind,
                "before": item.mutation.before,
                "after": item.mutation.after,
                "noticed_by": item.noticed_by,
                "message": summary.mutant(item.mutation),
            }
            for item in mutants
        ]
        data["proposals"] = [summary.proposal(proposal) for proposal in proposals(rules, mutants)]
    return data
