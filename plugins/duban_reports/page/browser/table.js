"use strict";
// A table that is sorted by its headings and shown a page at a time; all of it is there when it is printed.

/**
 * Columns are {title, cell(row), key(row), kind}: `cell` gives an element or a text, `key` what is sorted by, `kind` the
 * class of the cells. `heading(row)` may give the text of a line that stands above the first row of each kind.
 */
class Table {
  constructor(caption, columns, { page = 50, heading = null, rowClass = null } = {}) {
    Object.assign(this, { columns, size: page, heading, rowClass });
    this.rows = [];
    this.sorted = null;
    this.place = 0;
    this.printing = false;
    this.body = make("tbody");
    this.heads = columns.map((column, index) => this.head(column, index));
    this.table = make("table", {}, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...this.heads)), this.body);
    this.turner = make("div", { class: "turner" });
    this.element = make("div", { class: "table" },
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, this.table), this.turner);
    Table.all.add(this);
  }

  head(column, index) {
    if (!column.key) return make("th", { scope: "col", class: column.kind ?? null }, column.title);
    const button = make("button", { type: "button", title: say("sort_by", { title: column.title }),
      on: { click: () => this.sortBy(index) } }, column.title);
    return make("th", { scope: "col", class: column.kind ?? null, "aria-sort": "none" }, button);
  }

  /** Show these rows, from the first page. */
  show(rows) {
    this.rows = rows;
    this.place = 0;
    this.draw();
  }

  /** Sort by a column: upwards, then downwards, then as it was. */
  sortBy(index) {
    const before = this.sorted;
    if (!before || before.index !== index) this.sorted = { index, down: this.columns[index].down ?? false };
    else if (before.down === (this.columns[index].down ?? false)) this.sorted = { index, down: !before.down };
    else this.sorted = null;
    this.heads.forEach((head, place) => {
      if (!this.columns[place].key) return;
      const mine = this.sorted && this.sorted.index === place;
      head.setAttribute("aria-sort", mine ? (this.sorted.down ? "descending" : "ascending") : "none");
    });
    this.place = 0;
    this.draw();
  }

  /** Return the rows in the order of the chosen column; rows without a value come last. */
  ordered() {
    if (!this.sorted) return this.rows;
    const key = this.columns[this.sorted.index].key;
    const sign = this.sorted.down ? -1 : 1;
    return [...this.rows].sort((one, other) => {
      const [left, right] = [key(one), key(other)];
      if (left === null || right === null) return (left === null) - (right === null);
      return sign * (typeof left === "string" ? left.localeCompare(right, data.language) : left - right);
    });
  }

  draw() {
    const rows = this.ordered();
    this.table.classList.toggle("in-groups", this.heading !== null && !this.sorted);
    const pages = Math.max(1, Math.ceil(rows.length / this.size));
    this.place = Math.min(this.place, pages - 1);
    const first = this.place * this.size;
    const seen = this.printing ? rows : rows.slice(first, first + this.size);
    this.body.replaceChildren(...this.lines(seen));
    if (!rows.length) this.body.append(make("tr", {}, make("td", { colspan: this.columns.length }, say("nothing"))));
    this.turner.replaceChildren(...(pages > 1 ? this.turning(pages) : []));
  }

  *lines(rows) {
    let before = null;
    for (const row of rows) {
      const heading = this.heading && !this.sorted ? this.heading(row) : null;
      if (heading !== before && heading !== null) {
        const cell = make("th", { colspan: this.columns.length, scope: "rowgroup", class: "heading" }, heading);
        yield make("tr", {}, cell);
      }
      before = heading;
      yield make("tr", { class: this.rowClass ? this.rowClass(row) : null },
        ...this.columns.map((column) => make("td", { class: column.kind ?? null }, column.cell(row) ?? "")));
    }
  }

  turning(pages) {
    const turn = (step) => () => { this.place += step; this.draw(); };
    return [
      make("button", { type: "button", disabled: this.place === 0, on: { click: turn(-1) } }, say("previous")),
      make("span", { role: "status" }, say("page_of", { page: this.place + 1, pages })),
      make("button", { type: "button", disabled: this.place === pages - 1, on: { click: turn(1) } }, say("next")),
    ];
  }

  /** Show every row while the page is printed. */
  static print(printing) {
    for (const table of Table.all) {
      if (!table.element.isConnected || table.printing === printing) continue;
      table.printing = printing;
      table.draw();
    }
  }
}
Table.all = new Set();
