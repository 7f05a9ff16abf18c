"use strict";
// What all charts share: they draw on a canvas (no markup, no style attributes), and say in words what is pointed at.

const INK = "#1f2328";
const PALE = "#8c959f";
const COLOURS = ["#2f6db5", "#d9822b", "#3a8f5c", "#9b59a8", "#b8433f", "#5b8a99", "#a98b2d", "#6f6f9d"];
const LEVELS = ["#f3f6fa", "#cfe0f2", "#9cc3e6", "#5b9bd5", "#1f5fa8"];

const charts = new Map();

/** A place for a chart, `height` in pixels; screen readers hear `label`. */
function canvas(label, height) {
  return make("div", { class: "chart", role: "img", "aria-label": label, style: { height: `${height}px` } });
}

/** Draw a chart into its place, again where it was drawn before; `click` gets what was clicked. */
function drawChart(place, option, click = null) {
  let chart = charts.get(place);
  if (!chart) {
    chart = echarts.init(place, null, { renderer: "canvas" });
    charts.set(place, chart);
  }
  chart.resize();
  chart.off("click");
  if (click) chart.on("click", click);
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, color: INK };
  chart.setOption({ animation: false, textStyle: font, color: COLOURS, ...option }, { notMerge: true });
}

/** Forget the charts that are no longer on the page. */
function forgetCharts() {
  for (const [place, chart] of charts) {
    if (place.isConnected) continue;
    chart.dispose();
    charts.delete(place);
  }
}

/** A tooltip as lines of text: the first is the name of the thing. */
function tip(lines) {
  return {
    trigger: "item",
    confine: true,
    formatter: (event) => {
      const [first, ...rest] = lines(event) ?? [];
      if (first === undefined) return "";
      return make("div", {}, make("strong", {}, first), ...rest.map((line) => make("div", {}, line)));
    },
  };
}

/** A long name in few characters, whole characters of any plane. */
function brief(text, most) {
  const signs = [...text];
  return signs.length <= most ? text : `${signs.slice(0, most - 1).join("")}…`;
}

function isNarrow() {
  return window.innerWidth < 640;
}

function resizeCharts() {
  for (const [place, chart] of charts) if (place.isConnected && place.clientWidth) chart.resize();
}

window.addEventListener("resize", resizeCharts);
