/** Places of hands, the matrices of views, and what follows from the networks' answers. No images. */

/** A 2 x 3 matrix from an image to a view of it. @typedef {[number[], number[]]} Matrix */

/** @typedef {[number, number]} Point */

/**
 * Where a hand is: the middle and the sides of the box around its landmarks in pixels, and its
 * direction in radians clockwise from straight up.
 * @typedef {{x: number, y: number, width: number, height: number, angle: number}} Place
 */

/**
 * How a close-up shows its hand: its angle to the upright, the distance of its middle from that of
 * the view in sides of the view, and its size relative to the intended one.
 * @typedef {{turned: number, offset: number, size: number}} Framing
 */

/**
 * How the answer follows from a close look and the finder's score.
 * @typedef {{close_up: number, none: number, score: number}} Weights
 */

const WRIST = 0;
const MIDDLE_KNUCKLE = 9;
const FAR = 4; // sides of a view: no network is right about points this far outside
const LEAST = 1e-7; // of a probability, before its logarithm
const LEAST_SCORE = 1e-3; // the largest is one minus it

/** @param {Place} place */
export const diagonal = ({width, height}) => Math.hypot(width, height);

/**
 * The matrix to an upright view of a hand.
 * @param {Place} hand
 * @param {number} size side of the view in pixels
 * @param {number} margin side of the view relative to the hand's diagonal
 * @returns {Matrix}
 */
export function closeUpMatrix(hand, size, margin) {
  const scale = size / Math.max(margin * diagonal(hand), 1);
  const c = scale * Math.cos(hand.angle);
  const s = scale * Math.sin(hand.angle);
  const {x, y} = hand;
  return [[c, s, size / 2 - (c * x + s * y)], [-s, c, size / 2 - (-s * x + c * y)]];
}

/** The matrix of the way back. @param {Matrix} matrix @returns {Matrix} */
export function inverse([[a, b, c], [d, e, f]]) {
  const det = a * e - b * d;
  return [
    [e / det, -b / det, (b * f - e * c) / det],
    [-d / det, a / det, (d * c - a * f) / det],
  ];
}

/**
 * A point moved by a matrix.
 * @param {Matrix} matrix @param {number} x @param {number} y @returns {Point}
 */
export function transform([[a, b, c], [d, e, f]], x, y) {
  return [a * x + b * y + c, d * x + e * y + f];
}

/** The place of the hand with these landmarks. @param {Point[]} points @returns {Place} */
export function locate(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const across = points[MIDDLE_KNUCKLE][0] - points[WRIST][0];
  const down = points[MIDDLE_KNUCKLE][1] - points[WRIST][1];
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    width: right - left,
    height: bottom - top,
    angle: Math.atan2(across, -down),
  };
}

/**
 * A finder's answer (score, x, y, width, height, angle) as a place in the image.
 * @param {ArrayLike<number>} answer
 * @param {number} size side of the finder's view
 * @param {Matrix} matrix from the image to the view
 * @returns {Place}
 */
export function handInImage(answer, size, matrix) {
  const [, x, y, width, height, angle] = Array.from(answer, sane);
  const [across, down] = transform(inverse(matrix), x * size, y * size);
  return {
    x: across,
    y: down,
    width: (Math.max(width, 0) * size) / matrix[0][0],
    height: (Math.max(height, 0) * size) / matrix[1][1],
    angle,
  };
}

/**
 * Landmarks in fractions of a view, in pixels of the image.
 * @param {Point[]} points
 * @param {number} size side of the view
 * @param {Matrix} matrix from the image to the view
 */
export function landmarksInImage(points, size, matrix) {
  const back = inverse(matrix);
  return points.map(([x, y]) => transform(back, sane(x) * size, sane(y) * size));
}

/**
 * How a close-up shows the hand with these landmarks, in fractions of the view.
 * @param {Point[]} points @param {number} margin @returns {Framing}
 */
export function framing(points, margin) {
  const hand = locate(points.map(([x, y]) => [sane(x), sane(y)]));
  return {
    turned: Math.abs(hand.angle),
    offset: Math.hypot(hand.x - 0.5, hand.y - 0.5),
    size: diagonal(hand) * margin,
  };
}

/**
 * The box around landmarks, as far as it is inside the image.
 * @param {Point[]} points
 * @param {number} width of the image
 * @param {number} height of the image
 * @returns {import("./image.js").Region}
 */
export function boxAround(points, width, height) {
  const [left, right] = span(points.map(([x]) => x), width);
  const [top, bottom] = span(points.map(([, y]) => y), height);
  return {left, top, width: right - left, height: bottom - top};
}

/**
 * The answer of two looks: probabilities in the order of the labels.
 * @param {ArrayLike<number>} close the close look's probabilities
 * @param {number} score the finder's
 * @param {string[]} labels @param {Weights} weights
 */
export function combine(close, score, labels, weights) {
  const logits = Array.from(close, (p) => weights.close_up * Math.log(Math.max(p, LEAST)));
  const none = labels.indexOf("none");
  if (none >= 0) {
    const sure = limit(Number.isNaN(score) ? 0 : score, LEAST_SCORE, 1 - LEAST_SCORE);
    logits[none] += weights.none - weights.score * Math.log(sure / (1 - sure));
  }
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

/** @param {number[]} values @param {number} side */
function span(values, side) {
  const low = limit(Math.floor(Math.min(...values)), 0, side - 1);
  return [low, limit(Math.ceil(Math.max(...values)), low + 1, side)];
}

/** @param {number} value */
const sane = (value) => (Number.isNaN(value) ? 0.5 : limit(value, -FAR, FAR));

/** @param {number} value @param {number} least @param {number} most */
const limit = (value, least, most) => Math.min(Math.max(value, least), most);
