"""What several dimensions share: the sources, and how far "satisfied" reaches."""

from duban import Parameter

LAW = "代表法（2025）第五十一条"
PRACTICE = "各地人大常委会代表建议办理工作评价办法的通行口径"
TWO_STAGES = "各地“答复评价、结果评价”两次评价的通行口径"

# `:accept` repeats a label that counts anyway, or adds the next one.
ACCEPT = Parameter(
    str,
    default="satisfied",
    choices=("satisfied", "basically_satisfied"),
    title="满意的最低等次",
)
ANSWER_SATISFIED = "answer_rating_counted in ('very_satisfied', 'satisfied', :accept)"
RESULT_SATISFIED = "result_rating_counted in ('very_satisfied', 'satisfied', :accept)"
