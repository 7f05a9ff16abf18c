"""The words of the page itself, in Chinese and English."""

from duban import Text

_WORDS = {
    "ruleset": Text("评价办法：{title}", "Rules: {title}"),
    "as_of": Text("统计截止：{day}", "As of {day}"),
    "internal": Text("内部资料", "Internal"),
    "counts": Text("参加排名 {ranked} 个单位，共 {all} 个", "{ranked} of {all} departments are ranked"),
    "ranking": Text("排名", "Ranking"),
    "rank": Text("名次", "Rank"),
    "department": Text("单位", "Department"),
    "group": Text("组", "Group"),
    "total": Text("总分", "Total"),
    "base": Text("基础分", "Base"),
    "parts": Text("得分构成", "Parts"),
    "adjustments": Text("加减分", "Adjustments"),
    "grade": Text("等次", "Grade"),
    "selected": Text("入选", "Selected"),
    "interval": Text("名次区间", "Rank interval"),
    "interval_note": Text("有九成把握在这些名次之间", "between these ranks in nine worlds out of ten"),
    "chance": Text("入选可能", "Chance"),
    "firmly_in": Text("稳定入选", "firmly in"),
    "firmly_out": Text("稳定落选", "firmly out"),
    "undecided": Text("未定", "undecided"),
    "not_ranked": Text("不排名", "not ranked"),
    "exempt": Text("不参评", "exempt"),
    "search": Text("查找单位", "Find a department"),
    "everyone": Text("全部", "All"),
    "show": Text("显示", "Show"),
    "only_selected": Text("只看入选的", "selected only"),
    "shown": Text("{shown} 个单位", "{shown} departments"),
    "nothing": Text("没有符合的单位", "No department fits"),
    "previous": Text("上一页", "Previous"),
    "next": Text("下一页", "Next"),
    "page_of": Text("第 {page} / {pages} 页", "Page {page} of {pages}"),
    "print": Text("打印", "Print"),
    "back": Text("← 返回排名", "← Back to the ranking"),
    "flow": Text("答复 → 结果", "Answer → result"),
    "flow_note": Text(
        "左边是对答复的评价，右边是同一批件后来的结果评价，宽窄是件数",
        "left: how the answer was rated; right: how the result of the same cases was rated later; width is cases",
    ),
    "answer": Text("答复评价", "Answer"),
    "result": Text("结果评价", "Result"),
    "sum": Text("合计", "Sum"),
    "cases_number": Text("件数", "Cases"),
    "heat": Text("各项得分率", "Scores by criterion"),
    "heat_note": Text(
        "颜色越深得分率越高，空白是没有值；点一格看这个单位",
        "the darker the higher the share of full marks, blank where there is no value; click to see the department",
    ),
    "share": Text("得分率", "Share of full marks"),
    "funnel": Text("比率与件数", "Rates and numbers of cases"),
    "funnel_note": Text(
        "一点是一个单位；两线之间的差别可能只是偶然，件数越少越宽",
        "a dot is a department; between the lines differences may be chance, the wider the fewer cases",
    ),
    "criterion": Text("评分项", "Criterion"),
    "limits": Text("95% 控制限", "95 % control limits"),
    "group_rate": Text("本组合计", "Group together"),
    "inside": Text("控制限内", "within the limits"),
    "outside": Text("控制限外", "beyond the limits"),
    "count": Text("计入件数", "Counted"),
    "hits": Text("符合件数", "Hits"),
    "value": Text("值", "Value"),
    "interval_95": Text("95% 区间", "95 % interval"),
    "movement": Text("历年名次", "Ranks over the years"),
    "movement_note": Text(
        "线是一个单位历年的名次，越高越靠前", "a line is a department's rank, the higher the better"
    ),
    "this_time": Text("本次", "this time"),
    "change": Text("变动", "Change"),
    "sheet": Text("评分表", "Score sheet"),
    "dimension": Text("维度", "Dimension"),
    "standard": Text("标准", "Standard"),
    "full": Text("满分", "Full marks"),
    "points": Text("得分", "Points"),
    "not_scored": Text("不计分", "not scored"),
    "profile": Text("与本组对照", "Against the group"),
    "profile_note": Text(
        "各项得分率；中位数和最高都是同组参加排名的单位的",
        "share of full marks by criterion; median and best of those ranked in the group",
    ),
    "group_median": Text("本组中位数", "Median of the group"),
    "best": Text("本组最高", "Best of the group"),
    "explanation": Text("怎么算的", "How it was worked out"),
    "not_told": Text(
        "单位较多，逐项说明请用 duban explain 查看", "too many departments; `duban explain` tells one by one"
    ),
    "cases": Text("被扣的件", "Cases that count against it"),
    "case_id": Text("编号", "Case"),
    "why": Text("原因", "Why"),
    "item": Text("项目", "Item"),
    "no_cases": Text("没有", "None"),
    "cases_elsewhere": Text(
        "件太多，见 cases.csv 或 cases.parquet", "too many cases; see cases.csv or cases.parquet"
    ),
    "left_out": Text("还有 {number} 条，见 cases.csv", "{number} more in cases.csv"),
    "reason": Text("说明", "Reason"),
    "charts_by": Text(
        "图表：Apache ECharts 6.1.0（Apache License 2.0）",
        "Charts: Apache ECharts 6.1.0 (Apache License 2.0)",
    ),
    "year": Text("年度", "Year"),
    "on_list": Text("入选“{title}”", "on the list “{title}”"),
    "sort_by": Text("按“{title}”排序", "sort by {title}"),
}


def words(language: str) -> dict[str, str]:
    """Return the words of the page in one language."""
    return {key: text.zh if language == "zh" else text.en for key, text in _WORDS.items()}
