"use strict";
// Rates against numbers of cases: how far chance alone takes a rate of so many cases from the rate of its group.

/** Return the places in a rate's columns that belong to a group, all where none is named. */
function ofGroup(rate, group) {
  return rate.department.map((_, index) => index)
    .filter((index) => !group || departments.group[rate.department[index]] === group);
}

/** Return what is compared with what: those of one group under one measure. */
function pools(rate, indexes) {
  const found = new Map();
  for (const index of indexes) {
    if (rate.group_rate[index] === null) continue;
    const key = `${departments.group[rate.department[index]]}\n${rate.measure[index]}`;
    found.set(key, [...(found.get(key) ?? []), index]);
  }
  return [...found.values()];
}

/** Return the lines of one pool: lower limit, rate of the group, upper limit. */
function limitLines(rate, pool) {
  const sorted = [...pool].sort((one, other) => rate.count[one] - rate.count[other]);
  const line = (column, name, type) => ({
    name, type: "line", symbol: "none", silent: true, lineStyle: { type, width: 1.5, color: PALE }, itemStyle: { color: PALE },
    data: sorted.map((index) => [rate.count[index], number(rate[column][index])]),
  });
  return [
    line("limit_low", say("limits"), "dashed"), line("limit_high", say("limits"), "dashed"),
    line("group_rate", say("group_rate"), "solid"),
  ];
}

function dots(rate, indexes, outside) {
  const colour = outside ? COLOURS[4] : COLOURS[0];
  const own = indexes.filter((index) => outside === ![null, "inside"].includes(rate.position[index]));
  return {
    name: say(outside ? "outside" : "inside"), type: "scatter", symbolSize: 9, itemStyle: { color: colour, opacity: 0.8 },
    symbol: outside ? "diamond" : "circle",
    data: own.map((index) => ({ value: [rate.count[index], number(rate.value[index])], index })),
    label: {
      show: outside, position: "right", color: INK, fontSize: 12,
      formatter: ({ data: dot }) => brief(departments.name[rate.department[dot.index]], 8),
    },
    labelLayout: { hideOverlap: true },
  };
}

function drawFunnel(place, rate, group) {
  const indexes = ofGroup(rate, group);
  const most = indexes.reduce((found, index) => Math.max(found, rate.count[index]), 1);
  const typical = middle(indexes.map((index) => rate.count[index])) ?? 1;
  drawChart(place, {
    grid: { left: 56, right: 24, top: isNarrow() ? 76 : 44, bottom: 44 },
    legend: { top: 4, textStyle: { color: INK }, data: ["inside", "outside", "limits", "group_rate"].map((key) => say(key)) },
    xAxis: {
      type: most > 20 * typical ? "log" : "value", name: say("count"), nameLocation: "middle", nameGap: 28,
      axisLabel: { color: INK }, nameTextStyle: { color: INK }, min: most > 20 * typical ? 1 : 0, minInterval: 1,
    },
    yAxis: { type: "value", scale: true, max: (range) => (range.max > 95 ? 100 : null), axisLabel: { formatter: "{value}%", color: INK } },
    tooltip: tip(({ data: dot }) => (dot.index === undefined ? null : rateLines(rate, dot.index))),
    series: [dots(rate, indexes, false), dots(rate, indexes, true),
      ...pools(rate, indexes).flatMap((pool) => limitLines(rate, pool))],
  }, ({ data: dot }) => {
    if (dot && dot.index !== undefined) location.hash = addressOf(rate.department[dot.index]);
  });
}

function rateLines(rate, index) {
  return [
    departments.name[rate.department[index]],
    `${rate.value[index]} (${rate.hits[index]}/${rate.count[index]})`,
    `${say("interval_95")} ${rate.low[index]} – ${rate.high[index]}`,
    ...(rate.limit_low[index] === null ? [] : [`${say("limits")} ${rate.limit_low[index]} – ${rate.limit_high[index]}`]),
  ];
}

/** Return between which values a rate lies, in per cent. */
function spread(rate) {
  const values = rate.value.map(number);
  return values.reduce((most, value) => Math.max(most, value), 0) - values.reduce((least, value) => Math.min(least, value), 100);
}

/** The part of the page about rates; null where no criterion rests on one. */
function funnelPart() {
  if (!data.rates.length) return null;
  const place = canvas(say("funnel"), 420);
  const outside = (item) => item.position.filter((position) => position !== null && position !== "inside").length;
  let [rate, group] = [[...data.rates].sort((one, other) => outside(other) - outside(one) || spread(other) - spread(one))[0], ""];
  const draw = () => drawFunnel(place, rate, group);
  const options = data.rates.map((item, index) => [String(index), item.title]);
  const chosen = String(data.rates.indexOf(rate));
  const controls = make("div", { class: "controls" },
    choice(say("criterion"), options, (value) => { rate = data.rates[Number(value)]; draw(); }, chosen),
    groupChoice((value) => { group = value; draw(); }));
  return { element: section("funnel", say("funnel"), say("funnel_note"), controls, place), draw };
}
