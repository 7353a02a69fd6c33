// Charts of the last minutes: round trip and tick time. Each has the same facts as text beside it.

import { byId, h, s, setAttributes, setText } from "./dom.js";
import { duration, milliseconds } from "./text.js";

export const WINDOW_MS = 6 * 60_000;
const SPANS_MIN = [1, 2, 6];
const MARGIN = { left: 44, right: 10, top: 10, bottom: 22 };
const LEAST_TOP = 1; // ms: so that noise at rest is not blown up
const GAP_MS = 5_000; // samples further apart are not joined

/** The samples of the window, with the new one added. */
export function addSample(samples, sample) {
  return [...samples.filter(({ at }) => at > sample.at - WINDOW_MS), sample];
}

/** The minutes that a chart shows for samples of this age: it grows with them. */
export function spanOf(ageMs) {
  return SPANS_MIN.find((minutes) => ageMs <= minutes * 60_000) ?? SPANS_MIN.at(-1);
}

/** A round upper bound for an axis: 1, 2 or 5 times a power of ten. */
export function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, LEAST_TOP)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= value) ?? 10 * power;
}

/** Latest, median, 95th percentile and maximum of some numbers. */
export function statistics(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { latest: values.at(-1), median: quantile(0.5), high: quantile(0.95), most: sorted.at(-1) };
}

/** The samples in runs that may be joined by a line: none across a missing value or a long pause. */
export function joined(samples, name) {
  const parts = [];
  let last = null;
  for (const sample of samples) {
    if (sample[name] === null || sample[name] === undefined) last = null;
    else {
      if (!last || sample.at - last.at > GAP_MS) parts.push([]);
      parts.at(-1).push(sample);
      last = sample;
    }
  }
  return parts;
}

/** A line chart of `series`: [{name, label}], the first one the most important. */
class Chart {
  constructor(figure, series, summary) {
    this.series = series;
    this.summary = summary;
    this.samples = [];
    this.grid = s("g", { class: "axis" });
    this.lines = s("g");
    this.rule = s("line", { class: "rule", visibility: "hidden" });
    this.svg = s("svg", { class: "chart", "aria-hidden": true }, this.grid, this.lines, this.rule);
    this.text = h("p", { class: "summary" });
    this.legend = h(
      "p",
      { class: "legend", "aria-hidden": true },
      series.map(({ label }, index) => h("span", { class: `key series-${index}` }, label)),
    );
    figure.append(this.legend, this.svg, this.text);
    new ResizeObserver(() => this.draw()).observe(this.svg);
    this.svg.addEventListener("pointermove", (event) => this.#point(event));
    this.svg.addEventListener("pointerleave", () => this.#leave());
  }

  show(samples) {
    this.samples = samples;
    this.draw();
  }

  draw() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width || !this.samples.length) return;
    const now = this.samples.at(-1).at;
    const values = this.samples.flatMap((sample) => this.series.map(({ name }) => sample[name] ?? 0));
    const top = niceTop(Math.max(...values) * 1.05);
    const span = spanOf(now - this.samples[0].at);
    this.x = (at) => width - MARGIN.right - ((now - at) / (span * 60_000)) * (width - MARGIN.left - MARGIN.right);
    const y = (value) => height - MARGIN.bottom - (value / top) * (height - MARGIN.top - MARGIN.bottom);
    this.#drawAxes({ y, top, span, width, height, now });
    this.lines.replaceChildren(...this.series.flatMap(({ name }, index) => this.#line(name, index, y)).reverse());
    if (!this.pointed) setText(this.text, this.summary(this.samples));
  }

  #drawAxes({ y, top, span, width, height, now }) {
    const rows = [0, top / 2, top].flatMap((value) => [
      s("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
      s(
        "text",
        { x: MARGIN.left - 7, y: y(value) + 4, "text-anchor": "end" },
        value === 0 ? "0" : `${+value.toPrecision(3)} ms`,
      ),
    ]);
    const columns = [0, 0.5, 1].map((share) => {
      const [minutes, anchor] = [share * span, share === 0 ? "end" : share === 1 ? "start" : "middle"];
      const text = minutes ? `${duration(minutes * 60)} ago` : "now";
      return s("text", { x: this.x(now - minutes * 60_000), y: height - 5, "text-anchor": anchor }, text);
    });
    this.grid.replaceChildren(...rows, ...columns);
    setAttributes(this.rule, { y1: MARGIN.top, y2: height - MARGIN.bottom });
  }

  #line(name, index, y) {
    return joined(this.samples, name).map((part) => {
      const points = part.map((sample) => `${this.x(sample.at).toFixed(1)},${y(sample[name]).toFixed(1)}`);
      if (points.length === 1) points.push(points[0]);
      return s("polyline", { points: points.join(" "), class: `series-${index}` });
    });
  }

  #point(event) {
    if (!this.samples.length) return;
    const at = event.clientX - this.svg.getBoundingClientRect().left;
    const near = this.samples.reduce((one, other) =>
      Math.abs(this.x(other.at) - at) < Math.abs(this.x(one.at) - at) ? other : one,
    );
    const facts = this.series
      .filter(({ name }) => Number.isFinite(near[name]))
      .map(({ name, label }) => `${label} ${milliseconds(near[name])}`);
    const ago = duration((this.samples.at(-1).at - near.at) / 1000);
    this.pointed = true;
    setAttributes(this.rule, { x1: this.x(near.at), x2: this.x(near.at), visibility: "visible" });
    setText(this.text, `${ago} ago: ${facts.join(", ") || "no link"}`);
  }

  #leave() {
    this.pointed = false;
    setAttributes(this.rule, { visibility: "hidden" });
    this.draw();
  }
}

function roundTripSummary(samples) {
  const values = samples.map(({ roundTrip }) => roundTrip).filter(Number.isFinite);
  if (!values.length) return "No round trip was measured yet.";
  const { latest, median, high, most } = statistics(values);
  const now = Number.isFinite(samples.at(-1).roundTrip) ? `Now ${milliseconds(latest)}` : "No link now";
  return `${now}. Median ${milliseconds(median)}, 95 % below ${milliseconds(high)}, longest ${milliseconds(most)}.`;
}

function tickSummary(samples) {
  const values = samples.filter(({ tick }) => Number.isFinite(tick));
  if (!values.length) return "The server has not reported its load yet.";
  const { tick, tickMost, poll, budget } = values.at(-1);
  const most = Math.max(...values.map((sample) => sample.tickMost));
  const share = budget ? `, ${Math.round((poll / budget) * 100)} % of its ${milliseconds(budget)} budget` : "";
  const ticks = `A tick takes ${milliseconds(tick)}, at most ${milliseconds(tickMost)} (${milliseconds(most)} in this window)`;
  return `${ticks}. The bridge uses ${milliseconds(poll)} of it${share}.${costsSummary(values.at(-1).costs)}`;
}

/** The two costliest sections, and the latest push. */
function costsSummary({ sections, late }) {
  const costliest = Object.entries(sections).sort(([, one], [, other]) => other.ms - one.ms).slice(0, 2);
  const names = costliest.map(([name, { ms }]) => `${name} ${milliseconds(ms)}`).join(", ");
  return costliest.length ? ` Costliest sections: ${names}. Pushes were at most ${milliseconds(late)} late.` : "";
}

/** Draw the store's `samples`. */
export function startCharts(store) {
  const roundTrip = new Chart(byId("chart-round-trip"), [{ name: "roundTrip", label: "Round trip" }], roundTripSummary);
  const series = [
    { name: "tick", label: "Mean tick" },
    { name: "tickMost", label: "Longest tick" },
    { name: "poll", label: "Bridge" },
  ];
  const tick = new Chart(byId("chart-tick"), series, tickSummary);
  store.on("samples", (samples) => {
    roundTrip.show(samples);
    tick.show(samples);
  });
}

/** The sample of a health report, at a time in ms. */
export function sampleOf({ link }, at) {
  const up = link.state === "up" || link.state === "suspect";
  const load = up ? link.load : null;
  return {
    at,
    roundTrip: up ? (link.round_trip_ms ?? null) : null,
    tick: load?.tick_ms ?? null,
    tickMost: load?.tick_max_ms ?? null,
    poll: load?.poll_ms ?? null,
    budget: load?.budget_ms ?? null,
    costs: {
      sections: load?.sections ?? {},
      late: Math.max(0, ...(load?.subscribers ?? []).map((one) => one.late_max_ms)),
    },
  };
}
