"""Outcome 办理结果: what became of the suggestion after the answer."""

from duban import Aggregate, Better, Measure

from .common import ACCEPT, ANSWER_SATISFIED, PRACTICE, RESULT_SATISFIED, TWO_STAGES

SATISFIED = "('very_satisfied', 'satisfied')"

MEASURES = (
    Measure(
        id="resolved",
        title="解决率",
        title_en="Resolved",
        count="outcome is not null",
        hit="outcome = 'resolved'",
        source=PRACTICE,
    ),
    Measure(
        id="result_satisfied",
        title="结果满意率",
        title_en="Satisfied with the result",
        count="result_rating_counted is not null",
        hit=RESULT_SATISFIED,
        parameters={"accept": ACCEPT},
        source=TWO_STAGES,
    ),
    Measure(
        id="result_score",
        title="结果评价平均分",
        title_en="Mean rating of the result",
        value="scale('rating', result_rating_counted)",
        aggregate=Aggregate.MEAN,
        source=TWO_STAGES,
    ),
    Measure(
        id="result_dissatisfied",
        title="结果不满意件数",
        title_en="Dissatisfied with the result",
        count="result_rating_counted = 'dissatisfied'",
        better=Better.LOWER,
        unit="件",
        source=TWO_STAGES,
    ),
    Measure(
        id="answer_to_result",
        title="答复满意转为结果满意率",
        title_en="From satisfied with the answer to satisfied with the result",
        count=f"{ANSWER_SATISFIED} and result_rating_counted is not null",
        hit=RESULT_SATISFIED,
        parameters={"accept": ACCEPT},
        source=TWO_STAGES,
    ),
    Measure(
        id="slipped",
        title="答复满意而结果不满意件数",
        title_en="Satisfied with the answer, dissatisfied with the result",
        count=f"answer_rating_counted in {SATISFIED} and result_rating_counted = 'dissatisfied'",
        better=Better.LOWER,
        unit="件",
        source=TWO_STAGES,
    ),
    Measure(
        id="recovered",
        title="答复不满意而结果满意件数",
        title_en="Dissatisfied with the answer, satisfied with the result",
        count=f"answer_rating_counted = 'dissatisfied' and result_rating_counted in {SATISFIED}",
        unit="件",
        source=TWO_STAGES,
    ),
    Measure(
        id="unverified",
        title="满意答复未经结果评价率",
        title_en="Satisfied answers whose result nobody rated",
        count=f"answer_rating_counted in {SATISFIED}",
        # As given: a policy for silence would hide what this measure shows.
        hit="result_rating is null",
        better=Better.LOWER,
        source=TWO_STAGES,
    ),
    Measure(
        id="commitments_kept",
        title="承诺兑现率",
        title_en="Commitments kept",
        # Not yet due and not yet kept: nobody can say.
        count="commitment_due_on is not null and (commitment_due_on <= :as_of or commitment_kept_on is not null)",
        hit="commitment_kept_on <= commitment_due_on",
        source=PRACTICE,
    ),
)
