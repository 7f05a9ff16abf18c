"use strict";
// What all parts of the page use: the data, its words, and elements made of text, never of markup.

/** Return data with its long columns as they were: {texts, at} is each text once, and where it stands. */
function unpacked(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(unpacked) : value;
  if (value.texts && value.at) return value.at.map((place) => value.texts[place]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpacked(item)]));
}

const data = unpacked(JSON.parse(document.getElementById("data").textContent));
const departments = data.departments;
// All departments by rank: group by group, or all together where the rules rank them so.
const everyone = departments.id.map((_, place) => place);
if (!data.by_group) everyone.sort((one, other) => (departments.rank[one] ?? Infinity) - (departments.rank[other] ?? Infinity) || one - other);

/** Return a word of the page with its facts put in: "{number} more" and {number: 3} give "3 more". */
function say(key, facts = {}) {
  return data.words[key].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

/** Make an element. `attributes` may hold `on` (listeners) and `style` (properties); children are elements or texts. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "style") {
      for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    } else if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Return a shown number ("97.24", "94.43%") as a number for drawing and sorting, null for none. */
function number(text) {
  return text === null || text === undefined || text === "" ? null : parseFloat(text);
}

/** Return a text for the eye: nothing is an empty cell. */
function shown(value) {
  return value === null || value === undefined ? "" : String(value);
}

/** Return the title of a group or a grade by its id. */
function titleOf(kind, id) {
  const found = data[kind].find((item) => item.id === id);
  return found ? found.title : "";
}

/** Return the share of the full points that is reached, null where there is none. */
function shareOf(points, full) {
  const [reached, most] = [number(points), number(full)];
  return reached === null || !most ? null : reached / most;
}

/** Return the name of those with whom a department is ranked: its group, or everybody. */
function circleName(place) {
  return data.by_group ? departments.group[place] : "";
}

function middle(values) {
  const sorted = values.filter((value) => value !== null).sort((one, other) => one - other);
  if (!sorted.length) return null;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Return the address of a department's own view within the page. */
function addressOf(place) {
  return `#department=${encodeURIComponent(departments.id[place])}`;
}

/** A link to a department's own view. */
function linkTo(place) {
  return make("a", { href: addressOf(place) }, departments.name[place]);
}

/** A labelled choice; `options` are [value, text] pairs, `change` gets the value. */
function choice(label, options, change, chosen = null) {
  const select = make("select", { "aria-label": label, on: { change: () => change(select.value) } },
    ...options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  return make("label", { class: "control" }, label, select);
}

/** The choice of a group, null where there is only one. */
function groupChoice(change) {
  if (data.groups.length < 2) return null;
  const options = data.groups.map((group) => [group.id, group.title]);
  return choice(say("group"), [["", say("everyone")], ...options], change);
}

/** A part of the page with its heading and, under it, what it shows. */
function section(id, title, note, ...children) {
  return make("section", { id, "aria-labelledby": `${id}-title` },
    make("h2", { id: `${id}-title` }, title),
    note ? make("p", { class: "note" }, note) : null,
    ...children);
}
