"""Ratings and outcomes that rest on nothing: on no reply, or on no rated answer."""

from duban import Check, Severity, Text

CHECKS = [
    Check(
        id="result_without_answer",
        title=Text("只有结果评价", "result rated without an answer"),
        offends="result_rating is not null and answer_rating is null",
        column="result_rating",
        message=Text(
            "有结果评价，没有答复评价，不计入从答复到结果的评价",
            "the result is rated and the answer is not: the case is left out of the way from answer to result",
        ),
        action=Text("请补填答复评价，或核对结果评价", "fill in the answer's rating, or check the result's"),
        severity=Severity.WARNING,
    ),
    Check(
        id="rating_without_reply",
        title=Text("未答复却有评价", "rated without a reply"),
        offends="answer_rating is not null and replied_on is null",
        column="answer_rating",
        message=Text("有答复评价，没有答复日期", "the answer is rated, but there is no date of a reply"),
        action=Text("请补填答复日期，或删去评价", "fill in the date of the reply, or delete the rating"),
        severity=Severity.WARNING,
    ),
    Check(
        id="outcome_without_reply",
        title=Text("未答复却有办理结果", "outcome without a reply"),
        # A case may well be in progress, planned or escalated before it is answered.
        offends="outcome in ('resolved', 'reference', 'not_feasible') and replied_on is null",
        column="outcome",
        message=Text("已填最终办理结果，没有答复日期", "there is a final outcome, but no date of a reply"),
        action=Text("请补填答复日期，或核对办理结果", "fill in the date of the reply, or check the outcome"),
        severity=Severity.WARNING,
    ),
    Check(
        id="round_below_one",
        title=Text("办理轮次小于一", "round below one"),
        offends="round < 1",
        column="round",
        message=Text("办理轮次是 {round}，第一次办理应为 1", "the round is {round}; the first is 1"),
        action=Text("请改正轮次", "correct the round"),
    ),
]
