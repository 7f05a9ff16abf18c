"""The ratings of each case become one answer rating and one result rating, as the ruleset says."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import lcm
from typing import Any, NamedTuple

from duban.engine import Engine, literal, quoted
from duban.findings import Finding, finding
from duban.relations import SAME_CASE, Relation
from duban.ruleset import RatingRule, Ruleset
from duban.tables import RATINGS

from .cells import name_key_sql
from .completing import LISTED_ROWS, completed

LABELS = tuple(RATINGS)  # best first
# The scale where the ruleset gives none: very satisfied is worth no more than satisfied.
SCALE: Mapping[str, Fraction] = dict(
    zip(LABELS, (Fraction(1), Fraction(1), Fraction(3, 5), Fraction(0)), strict=True)
)
_SILENCE = {"neutral": "basically_satisfied", "as_satisfied": "satisfied", "as_dissatisfied": "dissatisfied"}
_STAGES = {"answer": ("答复", "answer"), "result": ("结果", "result")}


class _Stage(NamedTuple):
    """One stage with its rule; `names` are what messages call it."""

    id: str
    rule: RatingRule
    names: Mapping[str, str]


def with_ratings(
    engine: Engine, cases: Relation, ratings: Relation, ruleset: Ruleset, as_of: date
) -> tuple[Relation, list[Finding]]:
    """Return the cases with the ratings that the table gives; where both say something, the table holds."""
    findings: list[Finding] = []
    _gather_facts(engine, cases, ratings)
    values: dict[str, str] = {}
    joins = []
    rules = {"answer": ruleset.ratings.answer, "result": ruleset.ratings.result}
    present = {stage for (stage,) in engine.rows(f"SELECT DISTINCT stage FROM {quoted(ratings.name)}")}
    for name in sorted(present & rules.keys()):
        zh, en = _STAGES[name]
        stage = _Stage(name, rules[name], {"stage": zh, "stage_en": en})
        findings += _reduce(engine, ratings, stage, ruleset.scales.get("rating", {}), as_of)
        findings += _disagreements(engine, cases, name)
        joins.append(f"LEFT JOIN rated_{name} ON {SAME_CASE.format(f'rated_{name}', 'c')}")
        values[f"{name}_rating"] = f"coalesce(rated_{name}.rating, c.{name}_rating)"
    if "answer" in present:
        values["round"] = "coalesce(rated_answer.round, c.round)"
    if not values:
        return cases, findings
    available = values.keys() - (set() if "round" in ratings.available else {"round"})
    return completed(engine, cases, "cases_rated", " ".join(joins), values, frozenset(available)), findings


def _gather_facts(engine: Engine, cases: Relation, ratings: Relation) -> None:
    """Collect what the ledger says of the rated cases: the lead deputy, and the day of the final reply."""
    replied = "min(c.replied_on) FILTER (c.reply_kind = 'final')"
    rated = f"SELECT DISTINCT case_id, department FROM {quoted(ratings.name)}"
    engine.run(
        f"CREATE OR REPLACE TABLE rated_cases AS SELECT c.case_id, c.department, "
        f"min({name_key_sql('c.lead_deputy')}) AS lead, {replied} AS replied_on "
        f"FROM {quoted(cases.name)} AS c SEMI JOIN ({rated}) AS r ON {SAME_CASE.format('r', 'c')} GROUP BY ALL"
    )


def _reduce(
    engine: Engine, ratings: Relation, stage: _Stage, scale: Mapping[str, Fraction], as_of: date
) -> list[Finding]:
    """Create `rated_<stage>`: one rating a case and department, with a finding for what was left out."""
    _say_opinions(engine, ratings, stage, as_of)
    findings = _left_out(engine, stage) + _facets(engine, stage)
    rows = (
        f"SELECT * FROM ratings_said WHERE NOT void AND NOT later AND opinion IS NOT NULL AND facet_fits"
        f"{' AND NOT late' if stage.rule.late == 'exclude' else ''}"
    )
    if stage.rule.policy == "lead_deputy":
        engine.run(
            f"CREATE OR REPLACE TABLE ratings_led AS SELECT *, "
            f"count(DISTINCT coalesce(deputy, '')) OVER (PARTITION BY case_id, department) AS raters FROM ({rows})"
        )
        findings += _without_lead(engine, ratings, stage)
        rows = "SELECT * FROM ratings_led WHERE deputy = lead OR (raters = 1 AND (lead IS NULL OR deputy IS NULL))"
    in_case = "PARTITION BY case_id, department"
    last_round = f"SELECT * FROM ({rows}) QUALIFY turn = max(turn) OVER ({in_case})"
    # Of several ratings by one deputy the last holds; of the same day the worse, so that the order of rows says nothing.
    last = f"row_number() OVER ({in_case}, rater, facet ORDER BY rated_on DESC NULLS LAST, opinion DESC) = 1"
    chosen = _policy_sql(stage.rule, scale)
    engine.run(
        f"CREATE OR REPLACE TABLE rated_{stage.id} AS SELECT case_id, department, max(round) AS round, "
        f"{_label_sql(chosen)} AS rating FROM (SELECT * FROM ({last_round}) QUALIFY {last}) GROUP BY ALL "
        # Where nobody answered, the case has no response; what that counts as is said once, in the view.
        "HAVING bool_or(answered)"
    )
    return findings


def _say_opinions(engine: Engine, ratings: Relation, stage: _Stage, as_of: date) -> None:
    """Create `ratings_said`: the stage's ratings of known cases, as places among the labels, and what speaks against them."""
    rule = stage.rule
    silence = _SILENCE.get(rule.non_response)
    rating = "r.rating" if silence is None else f"coalesce(r.rating, {literal(silence)})"
    places = " ".join(f"WHEN {literal(label)} THEN {place}" for place, label in enumerate(LABELS))
    late = "false" if rule.window_days is None else f"r.rated_on > f.replied_on + {rule.window_days}"
    facet = name_key_sql("r.facet")
    fits = "true" if rule.facet is None else f"coalesce({facet} = {name_key_sql(literal(rule.facet))}, false)"
    deputy = f"nullif({name_key_sql('r.deputy')}, '')"
    alone = "concat('#', r._file, ':', r._row)"
    engine.run(
        f"CREATE OR REPLACE TABLE ratings_said AS SELECT r.case_id, r.department, r._file, r._row, f.lead, r.round, "
        f"coalesce(r.round, 1) AS turn, {deputy} AS deputy, coalesce({deputy}, {alone}) AS rater, {facet} AS facet, "
        f"r.rated_on, CASE {rating} {places} END AS opinion, r.rating IS NOT NULL AS answered, coalesce(r.void, false) AS void, {fits} AS facet_fits, "
        f"coalesce(r.rated_on > DATE '{as_of}', false) AS later, coalesce({late}, false) AS late "
        f"FROM {quoted(ratings.name)} AS r JOIN rated_cases AS f ON {SAME_CASE.format('f', 'r')} "
        f"WHERE r.stage = {literal(stage.id)}"
    )


def _left_out(engine: Engine, stage: _Stage) -> list[Finding]:
    """Return how many ratings are void, too new, or late."""
    void, later, late = engine.one(
        "SELECT count(*) FILTER (void), count(*) FILTER (later AND NOT void), "
        "count(*) FILTER (late AND NOT later AND NOT void) FROM ratings_said"
    )
    findings = []
    if void:
        findings.append(finding("ratings_void", table="ratings", count=void, **stage.names))
    if later:
        findings.append(finding("ratings_after_as_of", table="ratings", count=later, **stage.names))
    if late:
        excluded = stage.rule.late == "exclude"
        treatment = ("没有计入", "left out") if excluded else ("照常计入", "counted all the same")
        facts = {"days": stage.rule.window_days, "treatment": treatment[0], "treatment_en": treatment[1]}
        findings.append(finding("ratings_late", table="ratings", count=late, **facts, **stage.names))
    return findings


def _facets(engine: Engine, stage: _Stage) -> list[Finding]:
    """Return a finding where several facets were taken together, or where the one that the rule names is not there."""
    facets = [
        facet
        for (facet,) in engine.rows("SELECT DISTINCT facet FROM ratings_said WHERE facet <> '' ORDER BY 1")
    ]
    if stage.rule.facet is None and len(facets) > 1:
        return [
            finding("ratings_of_several_facets", table="ratings", facets="、".join(facets), **stage.names)
        ]
    if (
        stage.rule.facet is not None
        and not engine.one("SELECT coalesce(bool_or(facet_fits), true) FROM ratings_said")[0]
    ):
        facts = {"facets": "、".join(facets) or "—", "facet": stage.rule.facet}
        return [finding("rating_facet_unknown", table="ratings", **facts, **stage.names)]
    return []


def _without_lead(engine: Engine, ratings: Relation, stage: _Stage) -> list[Finding]:
    """Return the cases of which nobody knows whose rating holds, and how many ratings are not the lead deputy's."""
    rows = engine.rows(
        "SELECT _file, min(_row), case_id, department FROM ratings_led WHERE lead IS NULL AND raters > 1 "
        f"GROUP BY ALL ORDER BY ALL LIMIT {LISTED_ROWS}"
    )
    findings = [_unled(ratings, stage, row) for row in rows]
    others = "lead IS NOT NULL AND (deputy <> lead OR (deputy IS NULL AND raters > 1))"
    (count,) = engine.one(f"SELECT count(*) FILTER ({others}) FROM ratings_led")
    if count:
        findings.append(finding("ratings_not_of_lead", table="ratings", count=count, **stage.names))
    return findings


def _unled(ratings: Relation, stage: _Stage, row: tuple[Any, ...]) -> Finding:
    number, line, case_id, department = row
    file, sheet = ratings.files[number]
    column = ratings.headings.get("deputy", "deputy")
    place = {"table": "ratings", "file": file, "sheet": sheet, "row": line, "column": column}
    return finding("lead_deputy_unknown", **place, value=case_id, department=department, **stage.names)


def _label_sql(place: str) -> str:
    labels = " ".join(f"WHEN {number} THEN {literal(label)}" for number, label in enumerate(LABELS))
    return f"CASE {place} {labels} END"


def _policy_sql(rule: RatingRule, scale: Mapping[str, Fraction]) -> str:
    """Return an aggregate that gives the place of the rating among the labels; 0 is the best."""
    if rule.policy == "majority":
        return _most_given(range(len(LABELS)))
    if rule.policy == "mean":
        return _mean_sql({label: scale.get(label, SCALE[label]) for label in LABELS})
    return "max(opinion)"


def _most_given(places: Sequence[int]) -> str:
    """Return the place given most often among some; of equally many, the worst."""
    counts = [(place, f"count_if(opinion = {place})") for place in sorted(places, reverse=True)]
    if len(counts) == 1:
        return str(counts[0][0])
    most = f"greatest({', '.join(count for _, count in counts)})"
    return f"CASE {' '.join(f'WHEN {count} = {most} THEN {place}' for place, count in counts)} END"


def _mean_sql(scale: Mapping[str, Fraction]) -> str:
    """Return the place of the best label whose value is at most the mean.

    The values are scaled to whole numbers, so that sums are exact. Of labels of one value, the one given most often.
    """
    whole = lcm(*(value.denominator for value in scale.values()))
    worth = [int(scale[label] * whole) for label in LABELS]
    cases = " ".join(f"WHEN {place} THEN CAST({value} AS HUGEINT)" for place, value in enumerate(worth))
    total = f"sum(CASE opinion {cases} END)"
    ordered = sorted(range(len(LABELS)), key=lambda place: (-worth[place], place))
    steps = [(value, list(places)) for value, places in groupby(ordered, key=lambda place: worth[place])]
    held = " ".join(
        f"WHEN {total} >= count(*) * CAST({value} AS HUGEINT) THEN {_most_given(places)}"
        for value, places in steps
    )
    return f"CASE {held} END"


def _disagreements(engine: Engine, cases: Relation, stage: str) -> list[Finding]:
    """Return a finding for each case whose rating in the ledger is another one than the table gives."""
    column = f"{stage}_rating"
    rows = engine.rows(
        f"SELECT c._file, c._row, c.{column}, r.rating FROM {quoted(cases.name)} AS c JOIN rated_{stage} AS r "
        f"ON {SAME_CASE.format('r', 'c')} WHERE c.{column} <> r.rating ORDER BY ALL LIMIT {LISTED_ROWS}"
    )
    found = []
    for number, line, ours, theirs in rows:
        file, sheet = cases.files[number]
        place = {"table": "cases", "file": file, "sheet": sheet, "row": line}
        heading = cases.headings.get(column, column)
        found.append(
            finding("rating_differs", **place, column=heading, value=_chinese(ours), rating=_chinese(theirs))
        )
    return found


def _chinese(label: str) -> str:
    return RATINGS[label][0]
