"""The whole document of a ruleset."""

from collections.abc import Mapping

from duban.defining import from_rule, from_sheet
from duban.loading import LoadedRuleset
from duban.plan import Plan
from duban.registry import Registry
from duban.tables import Table
from duban.texts import Language

from .clauses import clauses
from .data_side import facts
from .page import Page
from .scoring_table import scoring_table
from .sections import consequences, opening, sheets
from .telling import Teller


def rules_page(
    loaded: LoadedRuleset,
    plan: Plan,
    registry: Registry,
    tables: Mapping[str, Table],
    language: Language = "zh",
) -> Page:
    """Return the rules as a document: scoring table, everything else in sentences, clauses and who carries them."""
    teller = teller_of(loaded, plan, registry, tables, language)
    blocks = [
        *opening(teller),
        *scoring_table(teller),
        *sheets(teller),
        *consequences(teller),
        *facts(teller),
        *clauses(teller),
    ]
    return Page(plan.ruleset.name(language), tuple(blocks), language)


def teller_of(
    loaded: LoadedRuleset, plan: Plan, registry: Registry, tables: Mapping[str, Table], language: Language
) -> Teller:
    """Return what puts the rules into words."""
    measures = dict(registry.measures)
    measures |= {name: from_rule(name, rule) for name, rule in plan.ruleset.measures.items()}
    measures |= {name: from_sheet(name, sheet) for name, sheet in plan.ruleset.sheets.items()}
    return Teller(loaded, plan, registry, tables, measures, language)
