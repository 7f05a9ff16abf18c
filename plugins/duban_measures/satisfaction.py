"""Satisfaction 答复评价: what the deputies say of the answer.

`answer_rating_counted` is the rating with the ruleset's `non_response` policy applied; `answer_rating` is as given.
"""

from duban import Aggregate, Better, Measure

from .common import ACCEPT, ANSWER_SATISFIED, TWO_STAGES

MEASURES = (
    Measure(
        id="answer_satisfied",
        title="答复满意率",
        title_en="Satisfied with the answer",
        count="answer_rating_counted is not null",
        hit=ANSWER_SATISFIED,
        parameters={"accept": ACCEPT},
        source=TWO_STAGES,
    ),
    Measure(
        id="answer_score",
        title="答复评价平均分",
        title_en="Mean rating of the answer",
        value="scale('rating', answer_rating_counted)",
        aggregate=Aggregate.MEAN,
        source=TWO_STAGES,
    ),
    Measure(
        id="first_round_satisfied",
        title="首次办理满意率",
        title_en="Satisfied in the first round",
        count="answer_rating_counted is not null and round is not null",
        hit=f"round = 1 and {ANSWER_SATISFIED}",
        parameters={"accept": ACCEPT},
        source=TWO_STAGES,
    ),
    Measure(
        id="answer_dissatisfied",
        title="答复不满意件数",
        title_en="Dissatisfied with the answer",
        count="answer_rating_counted = 'dissatisfied'",
        better=Better.LOWER,
        unit="件",
        source=TWO_STAGES,
    ),
    Measure(
        id="response_rate",
        title="评价反馈率",
        title_en="Response rate",
        count="replied_on is not null",
        hit="answer_rating is not null",
        source=TWO_STAGES,
    ),
)
