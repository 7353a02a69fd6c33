// The map's arithmetic. Positions are in cells: a side is 8192 game units, x grows to the east and y to the north.

export const CELL = 8192;
const EXTERIOR = /^(-?\d+), (-?\d+)$/;
const JUMP = 1.5; // a longer step between two positions of a track is a teleport
const STEPS = [10, 5, 1, 1 / 4, 1 / 16, 1 / 64];
const LABEL_HEIGHT = 15;
const LETTER_WIDTH = 6.6;

/** Whether this is the name of an exterior cell: `-3, -2`. */
export function isExterior(cell) {
  return EXTERIOR.test(cell);
}

/** The space that a cell belongs to: all exterior cells are one, each interior is one of its own. */
export function spaceOf(cell) {
  return isExterior(cell) ? "" : cell;
}

/** A point in game units as a point in cells. */
export function inCells({ x, y }) {
  return { x: x / CELL, y: y / CELL };
}

/** The transformation between cells and pixels of a picture of this size. */
export function projection({ x, y, zoom }, { width, height }) {
  return {
    toPixels: (point) => ({ x: width / 2 + (point.x - x) * zoom, y: height / 2 - (point.y - y) * zoom }),
    toCells: (pixel) => ({ x: x + (pixel.x - width / 2) / zoom, y: y - (pixel.y - height / 2) / zoom }),
  };
}

/** The view that shows these points with a margin, at most at `longest` pixels a cell. */
export function fit(points, { width, height }, longest, margin = 0.15) {
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = 1 - 2 * margin;
  const zoom = Math.min(longest, (width * room) / (east - west || 1e-9), (height * room) / (north - south || 1e-9));
  return { x: (west + east) / 2, y: (south + north) / 2, zoom };
}

/** The distance of grid lines: the smallest step that is at least `least` pixels wide. */
export function gridStep(zoom, least = 18) {
  return STEPS.findLast((step) => step * zoom >= least) ?? STEPS[0];
}

/** The multiples of `step` between two bounds. */
export function multiples(from, to, step) {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

/** A closed smooth path through the points of a polygon (Catmull-Rom, as cubic curves), y downwards. */
export function smoothPath(points) {
  const at = (index) => points[(index + points.length) % points.length];
  const curve = points.map((_, index) => {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    const first = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const second = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${[first, second, to].map(([x, y]) => `${round(x)} ${round(-y)}`).join(" ")}`;
  });
  return `M${points[0][0]} ${-points[0][1]}${curve.join("")}Z`;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

/** Whether a point is inside a polygon. */
export function isInside({ x, y }, polygon) {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

/** A track as runs of positions in one space without a jump. */
export function runs(track, space) {
  const parts = [[]];
  for (const point of track) {
    const last = parts.at(-1).at(-1);
    const joins = point.space === space && last && Math.hypot(point.x - last.x, point.y - last.y) <= JUMP;
    if (!joins && parts.at(-1).length) parts.push([]);
    if (point.space === space) parts.at(-1).push(point);
  }
  return parts.filter((part) => part.length > 1);
}

/** The track with a new position, if the player has moved; at most `most` positions. */
export function extend(track, point, most = 400, least = 0.006) {
  const last = track.at(-1);
  const moved = !last || last.space !== point.space || Math.hypot(point.x - last.x, point.y - last.y) >= least;
  return moved ? [...track, point].slice(-most) : track;
}

/**
 * Which labels fit without covering another or a mark. `labels` are in order of importance: {x, y, text} in pixels.
 * Each kept label gets `side`: where it stands as seen from its point.
 */
export function placeLabels(labels, { width, height }, taken = []) {
  const boxes = [...taken];
  return labels.flatMap((label) => {
    const wide = label.text.length * LETTER_WIDTH + 4;
    for (const [name, side] of Object.entries(SIDES)) {
      const box = side(label, wide);
      const visible = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
      if (visible && !boxes.some((other) => overlap(box, other))) {
        boxes.push(box);
        return [{ ...label, side: name }];
      }
    }
    return [];
  });
}

const half = LABEL_HEIGHT / 2;
const SIDES = {
  right: ({ x, y }, wide) => ({ left: x + 7, right: x + 7 + wide, top: y - half, bottom: y + half }),
  left: ({ x, y }, wide) => ({ left: x - 7 - wide, right: x - 7, top: y - half, bottom: y + half }),
  above: ({ x, y }, wide) => ({ left: x - wide / 2, right: x + wide / 2, top: y - 10 - LABEL_HEIGHT, bottom: y - 10 }),
  below: ({ x, y }, wide) => ({ left: x - wide / 2, right: x + wide / 2, top: y + 10, bottom: y + 10 + LABEL_HEIGHT }),
};

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
