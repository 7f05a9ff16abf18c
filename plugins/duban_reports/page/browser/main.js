"use strict";
// Puts the page together, shows a department where the address names one, and gets ready for the printer.

const parts = [flowPart(), heatPart(), funnelPart(), movementPart()].filter(Boolean);
const byId = new Map(departments.id.map((id, place) => [id, place]));
const overview = make("main", { id: "overview" });
const detail = make("main", { id: "detail", hidden: true });
let left = null;
// What was folded before printing.
let unfolded = [];

function header() {
  const ranked = departments.rank.filter((rank) => rank !== null).length;
  const facts = [say("ruleset", { title: data.ruleset }), say("as_of", { day: data.as_of }),
    say("counts", { ranked, all: everyone.length })];
  const print = make("button", { type: "button", class: "print", on: { click: () => window.print() } }, say("print"));
  const names = [["ranking", say("ranking")], ...parts.map((part) => [part.element.id, part.element.querySelector("h2").textContent])];
  return make("header", {},
    data.edition === "internal" ? make("p", { class: "edition" }, say("internal")) : null,
    make("h1", {}, data.title),
    make("p", { class: "note" }, facts.join("　")),
    ...data.withheld.map((text) => make("p", { class: "note" }, text)),
    make("nav", { "aria-label": data.title }, ...names.map(([id, title]) => make("a", { href: `#${id}` }, title)), print));
}

/** Show what the address asks for: a department, or everybody. */
function route() {
  const asked = /^#department=(.*)$/.exec(location.hash);
  const place = asked ? byId.get(decodeURIComponent(asked[1])) : undefined;
  if (place !== undefined) return showDepartment(place);
  const back = !detail.hidden;
  [overview.hidden, detail.hidden] = [false, true];
  detail.replaceChildren();
  forgetCharts();
  if (!back) return undefined;
  resizeCharts();
  const link = left === null ? null : overview.querySelector(`a[href="${CSS.escape(addressOf(left))}"]`);
  if (link && ["", "#ranking"].includes(location.hash)) link.focus();
  else document.getElementById(location.hash.slice(1))?.scrollIntoView();
  return undefined;
}

function showDepartment(place) {
  const view = departmentView(place);
  left = place;
  [overview.hidden, detail.hidden] = [true, false];
  detail.replaceChildren(view.element);
  forgetCharts();
  view.draw();
  window.scrollTo(0, 0);
  view.title.focus({ preventScroll: true });
}

function printing(begins) {
  document.body.classList.toggle("printing", begins);
  Table.print(begins);
  if (begins) unfolded = [...detail.querySelectorAll("details:not([open])")];
  for (const part of unfolded) part.open = begins;
}

function start() {
  const ranking = rankingPart((rows) => {
    for (const part of parts) {
      if (!part.follow) continue;
      part.follow(rows);
      if (part.element.isConnected) part.draw();
    }
  });
  overview.append(ranking, ...parts.map((part) => part.element));
  const foot = make("footer", { class: "note" }, say("charts_by"));
  document.getElementById("page").append(header(), overview, detail, foot);
  for (const part of parts) part.draw();
  window.addEventListener("hashchange", route);
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => printing(false));
  route();
}

start();
