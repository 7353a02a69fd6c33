// The ground outside, where the daemon knows the game's data files: water and shaded hills, read in blocks of cells.

import { s } from "./dom.js";

export const BLOCK = 9; // cells along a side of a block: as many as one answer has
const OUTERMOST = 4; // blocks from the middle of the world: farther ones are not asked for
const CELL = 8192;
const STEEP = 0.7; // the slope at which the shade is strongest
const SHADE = { lit: 110, dark: 120, deep: 70 }; // the strongest opacities, of 255
const DEEP = 4000; // game units below the water's surface

/** The middle cells of the blocks that a part of the map shows. */
export function blocksIn({ west, east, south, north }) {
  const block = (cell) => Math.min(OUTERMOST, Math.max(-OUTERMOST, Math.round(cell / BLOCK)));
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => (from + index) * BLOCK);
  const columns = range(block(west - 0.5), block(east - 0.5)); // a cell's number is that of its west and south side
  return range(block(south - 0.5), block(north - 0.5)).flatMap((y) => columns.map((x) => ({ x, y })));
}

/** A function for the height of a point of a block, from its south-west corner; undefined where it is not known. */
export function heightsOf({ cells, side }, { x, y }) {
  const known = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, cell.heights]));
  const [west, south] = [x - (BLOCK - 1) / 2, y - (BLOCK - 1) / 2];
  return (column, row) => {
    const heights = known.get(`${west + Math.floor(column / side)} ${south + Math.floor(row / side)}`);
    return heights?.[(((row % side) + side) % side) * side + (((column % side) + side) % side)];
  };
}

/** The shade of a point, from -1 (away from the light in the north-west) to 1. */
export function shadeOf(height, column, row, spacing) {
  const slope = (dx, dy) => {
    const [here, after, before] = [[0, 0], [dx, dy], [-dx, -dy]].map(([x, y]) => height(column + x, row + y));
    const steps = (after === undefined ? 0 : 1) + (before === undefined ? 0 : 1);
    return steps ? ((after ?? here) - (before ?? here)) / (steps * spacing) : 0;
  };
  return Math.min(1, Math.max(-1, (slope(1, 0) - slope(0, 1)) / STEEP));
}

/** The shades of a block as pixels: black and white of some opacity, which suit light and dark colours. */
export function pixelsOf(height, side) {
  const size = BLOCK * side;
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const here = height(column, row);
      if (here === undefined) continue;
      const shade = here < 0 ? 0 : shadeOf(height, column, row, CELL / side);
      const at = ((size - 1 - row) * size + column) * 4; // the picture's first line is the northernmost
      if (shade > 0) pixels.fill(255, at, at + 3);
      pixels[at + 3] = here < 0 ? depthOpacity(here) : shadeOpacity(shade);
    }
  }
  return pixels;
}

function depthOpacity(height) {
  return Math.min(1, -height / DEEP) * SHADE.deep;
}

function shadeOpacity(shade) {
  return shade > 0 ? shade * SHADE.lit : -shade * SHADE.dark;
}

/** The points of a block for which `holds(height)` is true, as a path in points, from its north-west corner. */
export function areaOf(height, side, holds) {
  const size = BLOCK * side;
  const parts = [];
  for (let row = 0; row < size; row += 1) {
    let start = null;
    for (let column = 0; column <= size; column += 1) {
      const here = column < size ? height(column, row) : undefined;
      const inside = here !== undefined && holds(here);
      if (inside) start ??= column;
      else if (start !== null) {
        parts.push(`M${start} ${size - 1 - row}h${column - start}v1h${start - column}z`);
        start = null;
      }
    }
  }
  return parts.join("");
}

/** Draws the ground into a group whose unit is a cell, y downwards. */
export class TerrainLayer {
  #blocks = new Map();
  #urls = [];
  #wanted = [];
  #reading = false;

  /** `read(block)` asks the daemon; until `available` is true nothing is asked. */
  constructor(group, read) {
    this.group = group;
    this.read = read;
    this.available = false;
  }

  /** Forget everything: the data files may be others. */
  clear() {
    this.#blocks.clear();
    this.group.replaceChildren();
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
  }

  /** Draw what a part of the map shows, as soon as the daemon has answered. */
  async show(bounds) {
    this.#wanted = this.available ? blocksIn(bounds) : [];
    if (this.#reading) return;
    this.#reading = true;
    for (let block = this.#next(); block; block = this.#next()) await this.#load(block);
    this.#reading = false;
  }

  #next() {
    return this.#wanted.find(({ x, y }) => !this.#blocks.has(`${x} ${y}`));
  }

  async #load(block) {
    const entry = {};
    this.#blocks.set(`${block.x} ${block.y}`, entry);
    try {
      const answer = await this.read(block);
      if (answer.cells.length && this.#blocks.get(`${block.x} ${block.y}`) === entry) this.#draw(block, answer);
    } catch {
      // It is asked for again when the connection is back.
    }
  }

  #draw(block, answer) {
    const { side } = answer;
    const height = heightsOf(answer, block);
    const corner = { x: block.x - (BLOCK - 1) / 2, y: -block.y - (BLOCK + 1) / 2 };
    const transform = `scale(${1 / side})`;
    const area = (name, holds) => s("path", { class: name, d: areaOf(height, side, holds), transform });
    const image = s("image", { width: BLOCK, height: BLOCK });
    this.group.append(
      s(
        "g",
        { transform: `translate(${corner.x} ${corner.y})` },
        area("ground", (here) => here >= 0),
        area("water", (here) => here < 0),
        image,
      ),
    );
    const size = BLOCK * side;
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    canvas.getContext("2d").putImageData(new ImageData(pixelsOf(height, side), size), 0, 0);
    canvas.toBlob((blob) => {
      const url = URL.createObjectURL(blob);
      this.#urls.push(url);
      image.setAttribute("href", url);
    });
  }
}
