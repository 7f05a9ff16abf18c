"use strict";
// The ranking: search, group, selected only; every department's points as one bar, its parts side by side.

const listed = data.lists.map((list) => new Map(list.department.map((place, index) => [place, list.order[index]])));

const fullPoints = data.dimensions.reduce((sum, dimension) => sum + (number(dimension.full) ?? 0), 0);
const lastRanks = new Map();
for (const place of everyone) {
  const circle = circleName(place);
  lastRanks.set(circle, Math.max(lastRanks.get(circle) ?? 1, departments.rank[place] ?? 1));
}

/** Return the titles of the lists that a department is on. */
function listsOf(place) {
  return data.lists.filter((_, index) => listed[index].has(place)).map((list) => list.title);
}

/** The bar of a department: one piece for each dimension, as long as its points out of everything. */
function barOf(place) {
  const pieces = data.dimensions.map((dimension, index) => {
    const points = number(dimension.points[place]);
    if (points === null || points <= 0) return null;
    const width = `${(100 * points / fullPoints).toFixed(2)}%`;
    const title = `${dimension.title} ${dimension.points[place]} / ${dimension.full}`;
    return make("span", { title, style: { width, background: COLOURS[index % COLOURS.length] } });
  });
  return make("div", { class: "bar", "aria-hidden": "true" }, ...pieces);
}

/** The interval of ranks: its ends, and a line as long as it is wide. */
function intervalOf(place) {
  const [low, high] = [data.certainty.low[place], data.certainty.high[place]];
  if (low === null || high === null) return "";
  const most = Math.max(lastRanks.get(circleName(place)), high);
  const percent = (rank) => `${(100 * rank / most).toFixed(2)}%`;
  const line = make("span", { style: { left: percent(low - 1), width: percent(high - low + 1) } });
  const text = low === high ? String(low) : `${low}–${high}`;
  return make("div", { class: "interval" }, text, make("div", { class: "track", "aria-hidden": "true" }, line));
}

/** The chance of a department to be on a list, with the verdict. */
function chanceOf(place, index) {
  const { chance, verdict } = data.certainty.lists[index];
  if (chance[place] === null) return "";
  return make("span", { class: `verdict ${verdict[place]}` }, `${chance[place]} ${say(verdict[place])}`);
}

function rankText(place) {
  if (departments.rank[place] !== null) return String(departments.rank[place]);
  return say(departments.status[place]);
}

function rankingColumns() {
  const columns = [
    { title: say("rank"), cell: rankText, key: (place) => departments.rank[place], kind: "number rank" },
    { title: say("department"), cell: nameCell, key: (place) => departments.name[place], kind: "name" },
  ];
  if (data.groups.length > 1) {
    const group = (place) => titleOf("groups", departments.group[place]);
    columns.push({ title: say("group"), cell: group, key: group, kind: data.by_group ? "wide group" : "wide" });
  }
  if (fullPoints) columns.push({ title: say("parts"), cell: barOf, kind: "parts" });
  if (departments.total.some(Boolean)) columns.push(scoreColumn(say("total"), departments.total, "number total"));
  for (const dimension of data.dimensions) {
    if (!dimension.points.some(Boolean)) continue;
    columns.push(scoreColumn(`${dimension.title} ${dimension.full}`.trim(), dimension.points, "number wide"));
  }
  if (departments.adjustments.some((points) => number(points))) {
    columns.push(scoreColumn(say("adjustments"), departments.adjustments, "number wide"));
  }
  if (data.grades.length) {
    const order = data.grades.map((grade) => grade.id);
    const key = (place) => (departments.grade[place] === null ? null : order.indexOf(departments.grade[place]));
    columns.push({ title: say("grade"), cell: (place) => titleOf("grades", departments.grade[place]), key, kind: "label" });
  }
  return [...columns, ...sureColumns()];
}

function scoreColumn(title, points, kind) {
  return { title, kind, down: true, cell: (place) => shown(points[place]), key: (place) => number(points[place]) };
}

function sureColumns() {
  if (!data.certainty) return [];
  const { low, high, lists } = data.certainty;
  const columns = [];
  if (high.some((rank) => rank !== null)) {
    const key = (place) => (low[place] === null ? null : low[place] + high[place] / 1e6);
    columns.push({ title: say("interval"), cell: intervalOf, key, kind: "sure" });
  }
  lists.forEach((list, index) => {
    if (!list.chance.some((chance) => chance !== null)) return;
    const title = lists.length > 1 ? `${data.lists[index].title} ${say("chance")}` : say("chance");
    const key = (place) => number(list.chance[place]);
    columns.push({ title, cell: (place) => chanceOf(place, index), key, down: true, kind: "sure" });
  });
  return columns;
}

function nameCell(place) {
  const called = (title) => (data.lists.length > 1 ? title : say("selected"));
  const marks = listsOf(place).map((title) => make("span", { class: "mark", title }, `✓ ${called(title)} `));
  return make("div", {}, linkTo(place), " ", ...marks);
}

/** The part of the page with the ranking; `chosen` is told which departments are shown. */
function rankingPart(chosen) {
  const wanted = { text: "", group: "", list: "" };
  const heading = data.by_group ? (place) => titleOf("groups", departments.group[place]) : null;
  const rowClass = (place) => (listed.length && listed[0].has(place) ? "selected" : null);
  const table = new Table(say("ranking"), rankingColumns(), { heading, rowClass });
  const found = make("span", { role: "status", class: "found" });
  const names = departments.name.map((name, place) => `${name}\n${departments.id[place]}`.toLowerCase());
  const update = () => {
    const rows = everyone.filter((place) =>
      names[place].includes(wanted.text) &&
      (!wanted.group || departments.group[place] === wanted.group) &&
      (wanted.list === "" || listed[Number(wanted.list)].has(place)));
    found.textContent = say("shown", { shown: rows.length });
    table.show(rows);
    chosen(rows);
  };
  const set = (key) => (value) => { wanted[key] = value; update(); };
  const search = make("input", { type: "search", on: { input: () => set("text")(search.value.trim().toLowerCase()) } });
  const lists = data.lists.map((list, index) => [String(index), say("on_list", { title: list.title })]);
  const controls = make("div", { class: "controls" },
    make("label", { class: "control" }, say("search"), search),
    groupChoice(set("group")),
    lists.length ? choice(say("show"), [["", say("everyone")], ...lists], set("list")) : null,
    found);
  update();
  return section("ranking", say("ranking"), null, controls, fullPoints ? legend() : null, table.element);
}

function legend() {
  const pieces = data.dimensions.map((dimension, index) =>
    make("li", {}, make("span", { style: { background: COLOURS[index % COLOURS.length] } }), dimension.title));
  return make("ul", { class: "legend" }, ...pieces);
}
