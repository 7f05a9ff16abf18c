"""Ratings: given all at once, collected by whom they judge, or never asked for again."""

from fractions import Fraction

from duban import Check, Severity, Text, Together

_NEARLY_ALL = Fraction(9, 10)
_SATISFIED = "answer_rating in ('very_satisfied', 'satisfied')"

CHECKS = (
    Check(
        id="ratings_on_one_day",
        title=Text("评价集中在同一天", "ratings given on one day"),
        table="ratings",
        offends="true",
        by_department=Together(among="rated_on is not null", share=_NEARLY_ALL, same="rated_on"),
        column="rated_on",
        message=Text(
            "{value}：{count} 条评价中有 {hits} 条（{percent}）都在 {same} 这一天；其他单位这一天的占 {others}，"
            "碰巧的可能不到 {one_in} 分之一",
            "{value}: {hits} of {count} ratings ({percent}) were given on {same}; elsewhere {others} were; by chance in "
            "fewer than 1 of {one_in} ledgers",
        ),
        action=Text(
            "也可能是开会集中评价、一位代表一次评完，或登记时统一填了日期：请抽看评价原件；查实前不影响得分",
            "it may have been one meeting, one deputy's sitting, or the day of entry: look at the forms; no points depend on it",
        ),
        severity=Severity.WARNING,
    ),
    Check(
        id="ratings_in_one_minute",
        title=Text("评价集中在同一时刻", "ratings entered at one time"),
        offends="true",
        by_department=Together(among="rated_at is not null", same="rated_at"),
        column="rated_at",
        message=Text(
            "{value}：{count} 件的评价中有 {hits} 件（{percent}）登记在同一时刻 {same}；其他单位这一时刻的占 {others}，"
            "碰巧的可能不到 {one_in} 分之一",
            "{value}: the ratings of {hits} of {count} cases ({percent}) were entered at {same}; elsewhere {others} were; by "
            "chance in fewer than 1 of {one_in} ledgers",
        ),
        action=Text(
            "也可能是工作人员收齐纸质表后一次导入：请核对是谁登记的、原件上是哪天；查实前不影响得分",
            "paper forms may have been entered together: see who entered them, and the dates on paper; no points depend on it",
        ),
        severity=Severity.WARNING,
    ),
    Check(
        id="ratings_collected_by_department",
        title=Text("评价由承办单位自己收集", "ratings collected by the department itself"),
        table="ratings",
        offends="collected_by = department",
        by_department=Together(among="collected_by is not null", least=1, share=Fraction(0), chance=None),
        column="collected_by",
        message=Text(
            "{value}：写明收集人的 {count} 条评价中有 {hits} 条（{percent}）由本单位自己收集",
            "{value}: of {count} ratings with a collector {hits} ({percent}) were collected by the department itself",
        ),
        action=Text(
            "有的地方规定由承办单位当面征求意见，那就不算异常，可在 [findings] 里设为 accept；否则请由代表工作机构回访",
            "where departments are to ask deputies themselves this is as it should be (accept it under [findings]); otherwise ask "
            "the deputies again",
        ),
        severity=Severity.WARNING,
    ),
    Check(
        id="satisfied_but_result_never_rated",
        title=Text("答复满意而结果从未评价", "satisfied with the answer, result never rated"),
        offends="result_rating is null",
        by_department=Together(among=_SATISFIED, share=_NEARLY_ALL),
        column="result_rating",
        message=Text(
            "{value}：答复满意的 {count} 件中有 {hits} 件（{percent}）结果没有评价；其他单位占 {others}，"
            "碰巧的可能不到 {one_in} 分之一",
            "{value}: of {count} cases with a satisfying answer {hits} ({percent}) have no rating of the result; elsewhere "
            "{others} have none; by chance in fewer than 1 of {one_in} ledgers",
        ),
        action=Text(
            "也可能是事项周期长、还没到评价结果的时候：请看这些件的办理结果，到期的应征求结果评价；查实前不影响得分",
            "the matters may take longer and not be due: see their outcomes, and ask for what is due; no points depend on it",
        ),
        severity=Severity.WARNING,
    ),
)
