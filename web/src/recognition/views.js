/** What the networks see of an image, and which parts of a frame count. */

import {closeUpMatrix, inverse, transform} from "./geometry.js";
import {blank, crop, halfToEven, resize} from "./image.js";

/** @typedef {import("./image.js").Image} Image */
/** @typedef {import("./image.js").Region} Region */
/** @typedef {import("./geometry.js").Matrix} Matrix */
/** @typedef {{image: Image, matrix: Matrix}} View */

const LONG = 1.45; // longer side by shorter, from which a hand may be too small in a letterbox
const LONGEST = 5;

/**
 * All of an image in a square, between black bars.
 * @param {Image} image @param {number} size @returns {View}
 */
export function letterbox(image, size) {
  const {width, height} = image;
  const scale = size / Math.max(width, height);
  const columns = Math.max(1, halfToEven(scale * width));
  const rows = Math.max(1, halfToEven(scale * height));
  const left = Math.floor((size - columns) / 2);
  const top = Math.floor((size - rows) / 2);
  const small = resize(image, columns, rows);
  /** @type {Matrix} */
  const matrix = [[columns / width, 0, left], [0, rows / height, top]];
  if (columns === size && rows === size) return {image: small, matrix};
  const view = blank(size, size);
  for (let y = 0; y < rows; y++) {
    const row = small.data.subarray(4 * y * columns, 4 * (y + 1) * columns);
    view.data.set(row, 4 * ((top + y) * size + left));
  }
  return {image: view, matrix};
}

/**
 * A hand upright in the middle of a square; beyond the image its edge is repeated.
 * @param {Image} image @param {import("./geometry.js").Place} hand @param {number} size
 * @param {number} margin @returns {View}
 */
export function closeUp(image, hand, size, margin) {
  const matrix = closeUpMatrix(hand, size, margin);
  const back = inverse(matrix);
  const step = Math.max(1, Math.floor(Math.hypot(back[0][0], back[1][0])));
  const corners = [[0, 0], [size, 0], [0, size], [size, size]].map(([x, y]) => transform(back, x, y));
  const [left, right] = covered(corners.map(([x]) => x), image.width, step);
  const [top, bottom] = covered(corners.map(([, y]) => y), image.height, step);
  let part = crop(image, {left, top, width: right - left, height: bottom - top});
  back[0][2] -= left;
  back[1][2] -= top;
  if (step > 1) {
    const {width, height} = part;
    const columns = Math.max(1, halfToEven(width / step));
    const rows = Math.max(1, halfToEven(height / step));
    back[0] = back[0].map((value) => value * (columns / width));
    back[1] = back[1].map((value) => value * (rows / height));
    part = resize(part, columns, rows);
  }
  for (const row of back) row[2] += (row[0] + row[1]) / 2 - 0.5; // to the middles of pixels
  return {image: interpolate(part, back, size), matrix};
}

/**
 * The pixels of a view, each interpolated between four of the image.
 * @param {Image} image
 * @param {Matrix} back from the numbers of the view's pixels to those of the image's
 * @param {number} size
 */
function interpolate({data, width, height}, [[xu, xv, x0], [yu, yv, y0]], size) {
  const view = blank(size, size);
  let target = 0;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++, target += 4) {
      const x = xu * u + xv * v + x0;
      const y = yu * u + yv * v + y0;
      const i = Math.floor(x);
      const j = Math.floor(y);
      const a = x - i;
      const b = y - j;
      const left = Math.min(Math.max(i, 0), width - 1) * 4;
      const right = Math.min(Math.max(i + 1, 0), width - 1) * 4;
      const top = Math.min(Math.max(j, 0), height - 1) * width * 4;
      const bottom = Math.min(Math.max(j + 1, 0), height - 1) * width * 4;
      for (let c = 0; c < 3; c++) {
        const upper = data[top + left + c] + a * (data[top + right + c] - data[top + left + c]);
        const lower =
          data[bottom + left + c] + a * (data[bottom + right + c] - data[bottom + left + c]);
        view.data[target + c] = upper + b * (lower - upper); // rounded half to even
      }
    }
  }
  return view;
}

/**
 * The pixels along a side that a close-up reads: the first, and the one after the last.
 * @param {number[]} corners @param {number} side @param {number} step
 */
function covered(corners, side, step) {
  const rest = (/** @type {number} */ value) => ((value % step) + step) % step;
  const first = Math.min(Math.max(0, Math.floor(Math.min(...corners)) - step), side - 1);
  let last = Math.max(Math.min(side, Math.ceil(Math.max(...corners)) + step), first + 1);
  last = Math.min(side, last + rest(first - last));
  return [Math.max(0, first - rest(first - last)), last];
}

/**
 * The part of a camera's frame that counts for a single player.
 * @param {number} width @param {number} height @returns {Region}
 */
export function centralRegion(width, height) {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  return {left, top: Math.floor((height - side) / 2), width: side, height: side};
}

/**
 * The parts of a frame for the left and the right player.
 * @param {number} width @param {number} height
 * @param {boolean} swapped whether the left player is in the right half
 * @returns {Region[]}
 */
export function halfRegions(width, height, swapped) {
  const half = Math.max(1, Math.floor(width / 2));
  const halves = [0, width - half].map((left) => ({left, top: 0, width: half, height}));
  return swapped ? halves.reverse() : halves;
}

/**
 * Overlapping squares that cover a long image, in which its hands are larger; none for others.
 * @param {number} width @param {number} height @returns {Region[]}
 */
export function overlappingSquares(width, height) {
  const side = Math.min(width, height);
  const rest = Math.abs(width - height);
  const ratio = Math.max(width, height) / side;
  if (ratio < LONG || ratio > LONGEST) return [];
  const count = 1 + Math.ceil((2 * rest) / side);
  return Array.from({length: count}, (_, number) => {
    const start = halfToEven((number * rest) / (count - 1));
    const [left, top] = width > height ? [start, 0] : [0, start];
    return {left, top, width: side, height: side};
  });
}
