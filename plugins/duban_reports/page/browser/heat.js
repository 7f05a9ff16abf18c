"use strict";
// Departments by criteria, coloured by the share of the full points; as many rows at a time as can be read.

const HEAT_ROWS = 40;

/** The part of the page with the heat map; it follows the departments that the ranking shows. */
function heatPart() {
  const scored = data.criteria.filter((criterion) => number(criterion.full));
  if (!scored.length) return null;
  const place = canvas(say("heat"), 400);
  const turner = make("div", { class: "turner" });
  let rows = [];
  let page = 0;
  const draw = () => {
    const pages = Math.max(1, Math.ceil(rows.length / HEAT_ROWS));
    const seen = rows.slice(page * HEAT_ROWS, (page + 1) * HEAT_ROWS);
    drawHeat(place, seen, scored);
    const turn = (step) => () => { page += step; draw(); };
    turner.replaceChildren(...(pages < 2 ? [] : [
      make("button", { type: "button", disabled: page === 0, on: { click: turn(-1) } }, say("previous")),
      make("span", { role: "status" }, say("page_of", { page: page + 1, pages })),
      make("button", { type: "button", disabled: page === pages - 1, on: { click: turn(1) } }, say("next")),
    ]));
  };
  const follow = (chosen) => { rows = chosen; page = 0; };
  const wide = make("div", { class: "scroll" }, place);
  return { element: section("heat", say("heat"), say("heat_note"), wide, turner), draw, follow };
}

function drawHeat(place, rows, scored) {
  const heads = Math.max(...scored.map((criterion) => Math.min([...criterion.title].length, 12))) * 12 + 16;
  place.style.setProperty("height", `${heads + 40 + rows.length * 24}px`);
  place.style.setProperty("min-width", `${110 + scored.length * 40}px`);
  const left = isNarrow() ? 92 : 140;
  const cells = rows.flatMap((department, row) => scored.map((criterion, column) => {
    const share = shareOf(criterion.points[department], criterion.full);
    return { value: [column, row, share], label: { color: share > 0.6 ? "#fff" : INK } };
  })).filter((cell) => cell.value[2] !== null);
  drawChart(place, {
    grid: { left, right: 8, top: heads, bottom: 34 },
    xAxis: {
      type: "category", position: "top", data: scored.map((criterion) => brief(criterion.title, 12)),
      axisLabel: { rotate: 90, interval: 0, color: INK, fontSize: 12 }, axisTick: { show: false }, axisLine: { show: false },
    },
    yAxis: {
      type: "category", inverse: true, data: rows.map((department) => brief(departments.name[department], isNarrow() ? 6 : 10)),
      axisLabel: { interval: 0, color: INK, fontSize: 12 }, axisTick: { show: false }, axisLine: { show: false },
    },
    visualMap: {
      min: 0, max: 1, calculable: false, orient: "horizontal", left, bottom: 0, itemWidth: 12, itemHeight: 120,
      text: ["100%", "0"], textStyle: { color: INK }, inRange: { color: LEVELS },
    },
    tooltip: tip(({ data: cell }) => {
      const [criterion, department] = [scored[cell.value[0]], rows[cell.value[1]]];
      return [departments.name[department], criterion.title, `${criterion.points[department]} / ${criterion.full}`,
        `${say("value")} ${shown(criterion.value[department])}`];
    }),
    series: [{
      type: "heatmap", data: cells, itemStyle: { borderColor: "#fff", borderWidth: 1 },
      label: {
        show: true, fontSize: 10,
        formatter: ({ data: cell }) => shown(scored[cell.value[0]].points[rows[cell.value[1]]]),
      },
    }],
  }, ({ data: cell }) => { if (cell) location.hash = addressOf(rows[cell.value[1]]); });
}
