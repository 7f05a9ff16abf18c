"use strict";
// Ranks over the years, where earlier runs were named: a line for each department.

const MOST_LINES = 30;

/** Return the ranks of a department in all runs, oldest first; a department is known by its id, else by its name. */
function ranksOf(place) {
  return [...earlierPlaces.map(({ run, byId, byName }) => {
    const found = byId.get(departments.id[place]) ?? byName.get(departments.name[place]);
    return found === undefined ? null : run.rank[found];
  }), departments.rank[place]];
}

const earlierPlaces = data.earlier.map((run) => ({
  run,
  byId: new Map(run.department.map((id, index) => [id, index])),
  byName: new Map(run.name.map((name, index) => [name, index])),
}));

/** Return what the runs are called below the lines: the day as of which they were. */
function runNames() {
  return [...data.earlier.map((run) => run.as_of), data.as_of];
}

/** The change of rank since the run before, as a text with an arrow; "" where there is none. */
function changeOf(place) {
  const ranks = ranksOf(place);
  const [before, now] = ranks.slice(-2);
  if (ranks.length < 2 || before === null || now === null) return "";
  if (before === now) return "＝";
  return before > now ? `↑${before - now}` : `↓${now - before}`;
}

function drawMovement(place, rows) {
  const seen = rows.filter((item) => departments.rank[item] !== null).slice(0, MOST_LINES);
  drawChart(place, {
    grid: { left: 40, right: isNarrow() ? 100 : 160, top: 16, bottom: 30 },
    xAxis: { type: "category", data: runNames(), boundaryGap: false, axisLabel: { color: INK } },
    yAxis: { type: "value", inverse: true, min: 1, minInterval: 1, axisLabel: { color: INK } },
    tooltip: tip(({ data: dot }) => [departments.name[dot.place], ...ranksOf(dot.place).map((rank, index) =>
      `${runNames()[index]}  ${rank === null ? "–" : rank}`)]),
    series: seen.map((item) => ({
      type: "line", connectNulls: true, symbolSize: 7, emphasis: { focus: "series" },
      data: ranksOf(item).map((rank) => ({ value: rank, place: item })),
      endLabel: { show: true, color: INK, formatter: brief(departments.name[item], isNarrow() ? 6 : 10) },
      labelLayout: { moveOverlap: "shiftY" },
    })),
  }, ({ data: dot }) => { if (dot) location.hash = addressOf(dot.place); });
}

/** The part of the page about earlier runs; null where none was named. */
function movementPart() {
  if (!data.earlier.length) return null;
  const place = canvas(say("movement"), 480);
  const columns = [
    { title: say("department"), cell: linkTo, key: (item) => departments.name[item], kind: "name" },
    ...runNames().map((name, index) => ({
      title: name, cell: (item) => shown(ranksOf(item)[index]), key: (item) => ranksOf(item)[index], kind: "number",
    })),
    { title: say("change"), cell: changeOf, kind: "number" },
  ];
  const table = new Table(say("movement"), columns, { page: MOST_LINES });
  let rows = [];
  const draw = () => { drawMovement(place, rows); table.show(rows); };
  const follow = (chosen) => { rows = chosen; };
  const element = section("movement", say("movement"), say("movement_note"), place, table.element);
  return { element, draw, follow };
}
