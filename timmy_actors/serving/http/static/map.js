// The map: the exterior's cell grid with its coast and places, or the plan of an interior.

import { LAND, REGIONS } from "./coast.js";
import { keyed, s, setAttributes } from "./dom.js";
import { fit, gridStep, multiples, placeLabels, projection, runs, smoothPath } from "./geometry.js";
import { PLACES } from "./places.js";

const TOWNS = 17; // so many of PLACES are towns
const ISLAND = LAND.filter(({ name }) => name !== "Solstheim").flatMap(({ outline }) =>
  outline.map(([x, y]) => ({ x, y })),
);
const NEAREST = 3200; // pixels a cell
const FARTHEST = 4;
const ROOM_ZOOM = 1600;
const SCALE_MARGIN = 24; // the edge with the cells' numbers
const REGION_ZOOM = 45; // up to here the regions' names are drawn
const DETAIL_ZOOM = 40; // from here on NPCs, and from ten times that objects, are drawn

/** Draws into an SVG element. `view` is {x, y, zoom}: the centre in cells, and pixels a cell. */
export class MapPicture {
  view = { x: 2, y: 4, zoom: 12 };
  space = "";
  entities = [];
  tracks = new Map();
  onView = () => {}; // called with the bounds of what is shown, in cells
  #size = { width: 1, height: 1 };
  #scheduled = false;

  constructor(svg) {
    this.svg = svg;
    const land = LAND.map(({ outline }) =>
      s("path", { d: smoothPath(outline), "vector-effect": "non-scaling-stroke" }),
    );
    this.layers = {
      land: s("g", { class: "land" }, land),
      terrain: s("g", { class: "terrain" }),
      fine: s("path", { class: "grid fine" }),
      grid: s("path", { class: "grid" }),
      cell: s("rect", { class: "cell" }),
      tracks: s("g", { class: "tracks" }),
      regions: s("g", { class: "regions" }),
      places: s("g", { class: "places" }),
      marks: s("g", { class: "marks" }),
      scale: s("g", { class: "scale" }),
    };
    svg.append(...Object.values(this.layers));
    new ResizeObserver(([entry]) => this.#resize(entry.contentRect)).observe(svg);
  }

  #resize({ width, height }) {
    if (!width || !height) return;
    this.#size = { width, height };
    this.draw();
  }

  /** Show all of Vvardenfell, or everything in the interior. */
  showAll() {
    const points = this.space ? this.entities.filter((one) => one.space === this.space) : ISLAND;
    if (points.length) this.move(fit(points, this.#size, this.space ? ROOM_ZOOM : NEAREST, this.space ? 0.2 : 0.04));
  }

  /** Change the view; bounded, so that nobody gets lost. */
  move({ x = this.view.x, y = this.view.y, zoom = this.view.zoom }) {
    const within = (value) => Math.min(60, Math.max(-60, value));
    this.view = { x: within(x), y: within(y), zoom: Math.min(NEAREST, Math.max(FARTHEST, zoom)) };
    this.draw();
  }

  /** Zoom by a factor; the point at `pixel` stays where it is. Without one, the centre does. */
  zoomBy(factor, pixel = { x: this.#size.width / 2, y: this.#size.height / 2 }) {
    const fixed = projection(this.view, this.#size).toCells(pixel);
    const zoom = Math.min(NEAREST, Math.max(FARTHEST, this.view.zoom * factor));
    const shrink = this.view.zoom / zoom;
    this.move({ x: fixed.x + (this.view.x - fixed.x) * shrink, y: fixed.y + (this.view.y - fixed.y) * shrink, zoom });
  }

  /** Move by pixels. */
  pan(right, down) {
    this.move({ x: this.view.x + right / this.view.zoom, y: this.view.y - down / this.view.zoom });
  }

  /** Draw before the next frame. */
  draw() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #draw() {
    const project = projection(this.view, this.#size);
    const origin = project.toPixels({ x: 0, y: 0 });
    const { zoom } = this.view;
    for (const layer of [this.layers.land, this.layers.terrain]) {
      setAttributes(layer, {
        transform: `translate(${origin.x} ${origin.y}) scale(${zoom})`,
        visibility: this.space ? "hidden" : "visible",
      });
    }
    if (!this.space) this.onView(this.#bounds(project));
    this.#drawGrid(project);
    this.#drawCell(project);
    this.#drawTracks(project);
    this.#drawRegions(project);
    const marks = this.#visibleMarks(project);
    this.#drawMarks(marks);
    this.#drawLabels(project, marks);
  }

  #bounds({ toCells }) {
    const [first, last] = [toCells({ x: 0, y: this.#size.height }), toCells({ x: this.#size.width, y: 0 })];
    return { west: first.x, east: last.x, south: first.y, north: last.y };
  }

  #drawGrid({ toPixels, toCells }) {
    const { width, height } = this.#size;
    const [first, last] = [toCells({ x: 0, y: height }), toCells({ x: width, y: 0 })];
    const lines = (step) => ({
      columns: multiples(first.x, last.x, step).map((x) => ({ at: x, pixel: toPixels({ x, y: 0 }).x })),
      rows: multiples(first.y, last.y, step).map((y) => ({ at: y, pixel: toPixels({ x: 0, y }).y })),
    });
    const path = ({ columns, rows }) =>
      [...columns.map(({ pixel }) => `M${pixel} 0V${height}`), ...rows.map(({ pixel }) => `M0 ${pixel}H${width}`)].join(
        "",
      );
    const step = gridStep(this.view.zoom);
    const coarse = lines(Math.max(step, 1));
    setAttributes(this.layers.fine, { d: step < 1 ? path(lines(step)) : "" });
    setAttributes(this.layers.grid, { d: this.space ? "" : path(coarse) });
    this.layers.scale.replaceChildren(...(this.space ? [] : this.#scaleLabels(Math.max(step, 1), coarse)));
  }

  #scaleLabels(step, { columns, rows }) {
    const every = Math.ceil(34 / (step * this.view.zoom));
    const middle = (step * this.view.zoom) / 2;
    const shown = ({ at }) => Math.round(at / step) % every === 0;
    const offset = step === 1 ? middle : 0; // a cell's number belongs to its middle
    const { width, height } = this.#size;
    return [
      ...columns.filter(shown).map(({ at, pixel }) => s("text", { x: pixel + offset, y: height - 6 }, String(at))),
      ...rows
        .filter(shown)
        .map(({ at, pixel }) => s("text", { x: width - 6, y: pixel - offset, class: "row" }, String(at))),
    ];
  }

  #drawCell({ toPixels }) {
    const self = this.entities.find((one) => one.kind === "self" && one.space === this.space);
    const corner = self && toPixels({ x: Math.floor(self.x), y: Math.floor(self.y) + 1 });
    const shown = self && !this.space;
    setAttributes(this.layers.cell, {
      x: corner?.x ?? 0,
      y: corner?.y ?? 0,
      width: this.view.zoom,
      height: this.view.zoom,
      visibility: shown ? "visible" : "hidden",
    });
  }

  #drawTracks({ toPixels }) {
    const lines = [...this.tracks].flatMap(([name, track]) =>
      runs(track, this.space).map((run, index) => ({
        key: `${name} ${index}`,
        run,
        self: name === this.entities[0]?.name,
      })),
    );
    keyed(
      this.layers.tracks,
      lines,
      (line) => line.key,
      () => s("polyline"),
      (element, { run, self }) => {
        const points = run.map(toPixels).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
        setAttributes(element, { points: points.join(" "), class: self ? "self" : "other" });
      },
    );
  }

  #drawRegions({ toPixels }) {
    const shown = this.space || this.view.zoom > REGION_ZOOM ? [] : REGIONS;
    const update = (element, [, x, y]) => setAttributes(element, toPixels({ x, y }));
    keyed(
      this.layers.regions,
      shown,
      ([name]) => name,
      ([name]) => s("text", {}, name),
      update,
    );
  }

  #visibleMarks({ toPixels }) {
    const { width, height } = this.#size;
    const { zoom } = this.view;
    const details = { npc: DETAIL_ZOOM, object: DETAIL_ZOOM * 10 };
    return this.entities
      .filter((one) => one.space === this.space && (this.space || zoom >= (details[one.kind] ?? 0)))
      .map((one) => ({ ...one, pixel: toPixels(one) }))
      .filter(({ pixel }) => pixel.x > -20 && pixel.y > -20 && pixel.x < width + 20 && pixel.y < height + 20)
      .reverse(); // the perceived player last: on top
  }

  #drawMarks(marks) {
    keyed(
      this.layers.marks,
      marks,
      (mark) => mark.key,
      createMark,
      (element, mark) => {
        setAttributes(element, {
          transform: `translate(${mark.pixel.x.toFixed(1)} ${mark.pixel.y.toFixed(1)})`,
          class: `mark ${mark.kind}${mark.dead ? " dead" : ""}${mark.stale ? " stale" : ""}`,
        });
        if (mark.kind === "self") setAttributes(element.lastElementChild, { transform: `rotate(${mark.yaw ?? 0})` });
      },
    );
  }

  #drawLabels({ toPixels }, marks) {
    const { zoom } = this.view;
    const named = marks
      .filter((mark) => mark.kind === "self" || mark.kind === "player" || this.space || zoom > DETAIL_ZOOM * 8)
      .reverse()
      .map((mark) => ({ ...mark.pixel, text: mark.name, kind: mark.kind }));
    const most = zoom > 22 ? PLACES.length : TOWNS;
    const places = this.space
      ? []
      : PLACES.slice(0, most).map(([text, x, y], index) => ({
          ...toPixels({ x, y }),
          text,
          kind: index < TOWNS ? "town" : "place",
        }));
    const taken = marks
      .filter(({ kind }) => kind === "self" || kind === "player")
      .map(({ pixel }) => ({
        left: pixel.x - 6,
        right: pixel.x + 6,
        top: pixel.y - 6,
        bottom: pixel.y + 6,
      }));
    const free = this.space
      ? this.#size
      : { width: this.#size.width - SCALE_MARGIN, height: this.#size.height - SCALE_MARGIN };
    const labels = placeLabels([...named, ...places], free, taken);
    keyed(this.layers.places, labels, (label) => `${label.kind} ${label.text}`, createLabel, updateLabel);
  }
}

const TEXT_AT = {
  right: { x: 9, y: 4, "text-anchor": "start" },
  left: { x: -9, y: 4, "text-anchor": "end" },
  above: { x: 0, y: -14, "text-anchor": "middle" },
  below: { x: 0, y: 22, "text-anchor": "middle" },
};

function createMark({ kind }) {
  if (kind === "self") {
    return s("g", {}, s("circle", { r: 11, class: "halo" }), s("path", { d: "M0 -10L6.5 7.5L0 4L-6.5 7.5Z" }));
  }
  if (kind === "player") return s("g", {}, s("circle", { r: 5.5 }));
  if (kind === "npc") return s("g", {}, s("path", { d: "M0 -5L5 0L0 5L-5 0Z" }));
  return s("g", {}, s("rect", { x: -2.5, y: -2.5, width: 5, height: 5 }));
}

function createLabel({ kind, text }) {
  const dot = kind === "town" || kind === "place" ? s("circle", { r: kind === "town" ? 2.6 : 1.8 }) : null;
  return s("g", { class: `label ${kind}` }, dot, s("text", {}, text));
}

function updateLabel(element, { x, y, side }) {
  setAttributes(element, { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  setAttributes(element.querySelector("text"), TEXT_AT[side]);
}
