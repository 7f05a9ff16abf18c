"use strict";
// Answer → result: how the cases were rated first, and what the same cases were rated later.

const RATING_COLOURS = ["#1f7a4d", "#58a979", "#d9a62b", "#b8433f", PALE];

/** Return how many cases of these departments went from which rating to which: a square of counts. */
function flowOf(places) {
  const counts = data.flow.ratings.map(() => data.flow.ratings.map(() => 0));
  const wanted = new Set(places);
  data.flow.department.forEach((place, index) => {
    if (wanted.has(place)) counts[data.flow.answer[index]][data.flow.result[index]] += data.flow.count[index];
  });
  return counts;
}

function drawFlow(place, counts) {
  const ratings = data.flow.ratings;
  const ends = [["answer", counts.map((row) => sum(row))], ["result", ratings.map((_, at) => sum(counts.map((row) => row[at])))]];
  const nodes = ends.flatMap(([stage, sums], depth) => ratings.map((rating, at) => ({
    name: `${stage} ${at}`, depth, value: sums[at], itemStyle: { color: RATING_COLOURS[at] },
    label: { formatter: `${rating} ${sums[at]}`, position: depth ? "left" : "right" },
  })).filter((node) => node.value));
  const links = counts.flatMap((row, from) => row.map((value, to) => ({
    source: `answer ${from}`, target: `result ${to}`, value, said: `${ratings[from]} → ${ratings[to]}`,
  })).filter((link) => link.value));
  drawChart(place, {
    tooltip: tip(({ dataType, data: item }) =>
      dataType === "edge" ? [item.said, `${say("cases_number")} ${item.value}`] : [item.label.formatter]),
    series: [{
      type: "sankey", data: nodes, links, left: 8, right: 8, top: 12, bottom: 12, nodeWidth: 14, nodeGap: 18, layoutIterations: 0,
      draggable: false, label: { color: INK, fontSize: 13 }, lineStyle: { color: "source", opacity: 0.35 },
    }],
  });
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The same counts as a table, which is what screen readers and printers get. */
function flowTable(counts) {
  const ratings = data.flow.ratings;
  const used = ratings.map((_, at) => at).filter((at) => sum(counts[at]) || sum(counts.map((row) => row[at])));
  const cell = (value) => make("td", { class: "number" }, String(value));
  const rows = used.map((from) => make("tr", {}, make("th", { scope: "row" }, ratings[from]),
    ...used.map((to) => cell(counts[from][to])), cell(sum(counts[from]))));
  const last = make("tr", {}, make("th", { scope: "row" }, say("sum")),
    ...used.map((to) => cell(sum(counts.map((row) => row[to])))), cell(sum(counts.map(sum))));
  return make("div", { class: "scroll" }, make("table", { class: "small" },
    make("caption", {}, say("flow")),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, `${say("answer")} ↓ ${say("result")} →`),
      ...used.map((to) => make("th", { scope: "col", class: "number" }, ratings[to])),
      make("th", { scope: "col", class: "number" }, say("sum")))),
    make("tbody", {}, ...rows, last)));
}

/** The part of the page about all departments; null where the ledger has no two ratings. */
function flowPart() {
  if (!data.flow) return null;
  const place = canvas(say("flow"), 340);
  const below = make("div");
  let group = "";
  const draw = () => {
    const counts = flowOf(everyone.filter((item) => !group || departments.group[item] === group));
    drawFlow(place, counts);
    below.replaceChildren(flowTable(counts));
  };
  const controls = make("div", { class: "controls" }, groupChoice((value) => { group = value; draw(); }));
  return { element: section("flow", say("flow"), say("flow_note"), controls, place, below), draw };
}
