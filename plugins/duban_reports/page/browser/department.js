"use strict";
// One department: where it stands and why, its score sheet, itself against its group, and the cases that count against it.

/** Return the parts of a department's view, and what draws its charts once they are on the page. */
function departmentView(place) {
  const drawn = [];
  const title = make("h2", { tabindex: "-1", id: "department-title" }, departments.name[place]);
  const parts = [
    make("p", { class: "back" }, make("a", { href: "#ranking" }, say("back"))),
    title, standing(place), scoreSheet(place), profile(place, drawn), ownFlow(place, drawn),
    changes(place), explanation(place), ownCases(place),
  ];
  const element = make("article", { "aria-labelledby": "department-title" }, ...parts.filter(Boolean));
  return { element, title, draw: () => drawn.forEach((draw) => draw()) };
}

function standing(place) {
  const facts = [
    [say("rank"), rankText(place) + (changeOf(place) ? ` (${changeOf(place)})` : "")],
    [say("total"), shown(departments.total[place])],
    [say("group"), data.groups.length > 1 ? titleOf("groups", departments.group[place]) : ""],
    [say("grade"), titleOf("grades", departments.grade[place])],
    [say("base"), number(departments.adjustments[place]) ? shown(departments.base[place]) : ""],
    [say("adjustments"), number(departments.adjustments[place]) ? departments.adjustments[place] : ""],
    [say("selected"), listsOf(place).join("、")],
    ...(data.certainty ? [[say("interval"), intervalOf(place)]] : []),
    ...(data.certainty ? data.certainty.lists.map((_, index) =>
      [data.lists.length > 1 ? `${data.lists[index].title} ${say("chance")}` : say("chance"), chanceOf(place, index)]) : []),
  ];
  const cells = facts.filter(([, value]) => value !== "").map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  return make("div", {}, make("dl", { class: "facts" }, ...cells), make("p", {}, shown(departments.reason[place])));
}

function scoreSheet(place) {
  const rows = data.dimensions.flatMap((dimension) => {
    const own = data.criteria.filter((criterion) => criterion.dimension === dimension.id);
    const head = make("tr", { class: "dimension" }, make("th", { scope: "rowgroup", colspan: 4 }, dimension.title),
      make("td", { class: "number" }, number(dimension.full) ? dimension.full : ""), make("td", { class: "number" }, shown(dimension.points[place])));
    return [head, ...own.map((criterion) => criterionRow(criterion, place))];
  });
  const heads = [["criterion"], ["count", "number wide"], ["hits", "number wide"], ["value", "number"], ["full", "number"], ["points", "number"]];
  const table = make("table", { class: "scores" }, make("caption", {}, say("sheet")),
    make("thead", {}, make("tr", {}, ...heads.map(([key, kind]) => make("th", { scope: "col", class: kind ?? null }, say(key))))),
    make("tbody", {}, ...rows));
  return section("sheet", say("sheet"), null, make("div", { class: "scroll" }, table));
}

function criterionRow(criterion, place) {
  const how = [criterion.standard, criterion.how_points].filter(Boolean);
  const name = how.length
    ? make("details", {}, make("summary", {}, criterion.title), ...how.map((text) => make("p", { class: "standard" }, text)))
    : criterion.title;
  const scored = number(criterion.full);
  const value = criterion.status[place] ?? shown(criterion.value[place]);
  const label = criterion.label[place] === null ? "" : ` ${criterion.label[place]}`;
  return make("tr", {}, make("th", { scope: "row" }, name),
    make("td", { class: "number wide" }, shown(criterion.count[place])),
    make("td", { class: "number wide" }, shown(criterion.hits[place])),
    make("td", { class: "number" }, value + label),
    make("td", { class: "number" }, scored ? criterion.full : say("not_scored")),
    make("td", { class: "number" }, scored ? shown(criterion.points[place]) : ""));
}

function profile(place, drawn) {
  const scored = data.criteria.filter((criterion) => number(criterion.full) && criterion.points[place] !== null);
  if (!scored.length) return null;
  const circle = circleName(place);
  const chart = canvas(say("profile"), 90 + scored.length * 30);
  const share = (points) => (criterion) => shareOf(points(criterion), criterion.full);
  const own = (criterion) => criterion.points[place];
  const marks = [["group_median", (criterion) => criterion.median[circle] ?? null, "diamond", INK],
    ["best", (criterion) => criterion.best[circle] ?? null, "triangle", COLOURS[1]]];
  drawn.push(() => drawChart(chart, {
    grid: { left: isNarrow() ? 110 : 180, right: 24, top: 40, bottom: 30 },
    legend: { top: 4, textStyle: { color: INK } },
    xAxis: { type: "value", min: 0, max: 1, axisLabel: { color: INK, formatter: (value) => `${Math.round(value * 100)}%` } },
    yAxis: {
      type: "category", inverse: true, data: scored.map((criterion) => brief(criterion.title, isNarrow() ? 8 : 13)),
      axisLabel: { color: INK, interval: 0 }, axisTick: { show: false },
    },
    tooltip: tip(({ dataIndex }) => [scored[dataIndex].title, `${departments.name[place]} ${own(scored[dataIndex])} / ${scored[dataIndex].full}`,
      ...marks.map(([key, points]) => `${say(key)} ${shown(points(scored[dataIndex]))}`)]),
    series: [
      { name: departments.name[place], type: "bar", barMaxWidth: 16, data: scored.map(share(own)) },
      ...marks.map(([key, points, symbol, color]) => ({
        name: say(key), type: "scatter", symbol, symbolSize: 10, itemStyle: { color },
        data: scored.map((criterion, row) => [share(points)(criterion), row]).filter(([value]) => value !== null),
      })),
    ],
  }));
  return section("profile", say("profile"), say("profile_note"), chart);
}

function ownFlow(place, drawn) {
  if (!data.flow) return null;
  const counts = flowOf([place]);
  if (!sum(counts.map(sum))) return null;
  const chart = canvas(say("flow"), 240);
  drawn.push(() => drawFlow(chart, counts));
  return section("own-flow", say("flow"), null, chart, flowTable(counts));
}

function changes(place) {
  const own = data.adjustments.department.map((_, index) => index).filter((index) => data.adjustments.department[index] === place);
  if (!own.length) return null;
  const rows = own.map((index) => make("tr", {},
    make("th", { scope: "row" }, data.adjustments.title[index]),
    make("td", { class: "number" }, shown(data.adjustments.points[index])),
    make("td", {}, data.adjustments.reason[index])));
  return section("changes", say("adjustments"), null, make("table", {}, make("caption", {}, say("adjustments")),
    make("thead", {}, make("tr", {}, ...[["item", null], ["points", "number"], ["reason", null]].map(([key, kind]) =>
      make("th", { scope: "col", class: kind }, say(key))))),
    make("tbody", {}, ...rows)));
}

function explanation(place) {
  if (!data.told) return data.edition === "internal" ? section("explanation", say("explanation"), say("not_told")) : null;
  const sections = data.told[place].map(([title, lines], index) => make("details", { open: index === 0 },
    make("summary", {}, title),
    make("ul", {}, ...lines.map(([depth, text]) => make("li", { class: `depth-${Math.min(depth, 2)}` }, text)))));
  return section("explanation", say("explanation"), null, ...sections);
}

function ownCases(place) {
  if (!data.cases) return data.edition === "internal" ? section("cases", say("cases"), say("cases_elsewhere")) : null;
  const own = data.cases.department.map((_, index) => index).filter((index) => data.cases.department[index] === place);
  if (!own.length) return section("cases", say("cases"), say("no_cases"));
  const item = (index) => data.cases.items[data.cases.item[index]];
  const table = new Table(say("cases"), [
    { title: say("case_id"), cell: (index) => data.cases.case_id[index], key: (index) => data.cases.case_id[index], kind: "name" },
    { title: say("item"), cell: item, key: item },
    { title: say("why"), cell: (index) => data.cases.why[index], key: (index) => data.cases.why[index], kind: "why" },
  ]);
  table.show(own);
  const more = data.cases.left_out[place];
  return section("cases", say("cases"), more ? say("left_out", { number: more }) : null, table.element);
}
