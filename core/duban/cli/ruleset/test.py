"""`duban ruleset test RULESET`: its examples run like a test suite."""

import json
from typing import TYPE_CHECKING, Any

import click

from duban.cli.commands import common_options, looks
from duban.errors import one_line
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.examples.opening import Rules, Suite
    from duban.examples.running import Outcome


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def test(ruleset: str, examples: str | None, as_json: bool) -> int:
        return _test(ruleset, examples, as_json, language)

    return click.Command(
        "test",
        callback=test,
        params=[
            click.Argument(["ruleset"], metavar="RULESET"),
            click.Option(["--examples"], metavar="FILE", help=phrase("examples.option_examples", language)),
            click.Option(["--json", "as_json"], is_flag=True, help=phrase("examples.option_json", language)),
            *common_options(language),
        ],
        help=phrase("examples.test", language),
        short_help=phrase("examples.test_short", language),
        **looks(language),
    )


def _test(ruleset: str, examples: str | None, as_json: bool, language: Language) -> int:
    from duban.examples.opening import open_rules, open_suite
    from duban.examples.running import run_suite

    rules, suite = open_rules(ruleset), open_suite(ruleset, examples)
    outcomes = run_suite(rules, suite, language)
    if as_json:
        click.echo(json.dumps(_as_data(rules, suite, outcomes, language), ensure_ascii=False, indent=1))
    else:
        _show(rules, suite, outcomes, language)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


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


def _as_data(rules: "Rules", suite: "Suite", outcomes: "list[Outcome]", language: Language) -> dict[str, Any]:
    from duban.examples.telling import Teller

    teller = Teller(suite, language)
    return {
        "ruleset": rules.loaded.ruleset.id,
        "examples": [
            {
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
            for outcome in outcomes
        ],
    }
