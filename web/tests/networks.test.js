import assert from "node:assert/strict";
import {readdirSync} from "node:fs";
import {test} from "node:test";

import * as ort from "onnxruntime-web";

import {
  boxAround,
  combine,
  framing,
  handInImage,
  landmarksInImage,
  locate,
} from "../src/recognition/geometry.js";
import {resize} from "../src/recognition/image.js";
import {loadNetwork} from "../src/recognition/networks.js";
import {TwoLooks} from "../src/recognition/two-looks.js";
import {assertClose, readImage, readJson, readModel, region} from "./vectors.js";

ort.env.wasm.numThreads = 1;
const MAX_PIXELS = 2 ** 20;
const {hand_in_image, landmarks, combine: combined} = readJson("networks.json");
const numbers = (/** @type {(number | null)[]} */ values) => values.map((value) => value ?? NaN);

for (const {answer, size, matrix, hand} of hand_in_image) {
  test(`the finder's answer ${answer}`, () =>
    assertClose(handInImage(numbers(answer), size, matrix), hand, 1e-6));
}

landmarks.forEach((/** @type {any} */ one, /** @type {number} */ number) =>
  test(`landmarks ${number}`, () => {
    const points = one.points.map(numbers);
    const inImage = landmarksInImage(points, one.size, one.matrix);
    assertClose(inImage, one.in_image, 1e-6);
    assertClose(locate(inImage), one.located, 1e-6);
    assertClose(Object.values(framing(points, one.margin)), one.framing, 1e-6);
    assert.deepEqual(boxAround(inImage, one.width, one.height), region(one.box));
  }),
);

for (const {close, score, labels, weights, answer} of combined) {
  test(`the answer from ${close} and ${score}`, () =>
    assertClose(combine(close, score ?? NaN, labels, weights), answer, 1e-6));
}

const files = readdirSync(new URL("../../tests/reference/answers/", import.meta.url));
for (const file of files) {
  const answers = readJson(`answers/${file}`);
  const int8 = file.includes("int8");
  const tolerance = (/** @type {number} */ float) => (int8 ? Infinity : float);
  const best = (/** @type {ArrayLike<number>} */ row) => Array.from(row).indexOf(Math.max(...Array.from(row)));
  const clear = (/** @type {number[]} */ row) => {
    const [first, second] = row.toSorted((a, b) => b - a);
    return !int8 || first - second > 0.2;
  };

  test(`${answers.model}: what the networks answer`, async () => {
    const {finder, classifier} = await load(answers);
    for (const {view, hand} of answers.finder_views) {
      const {hand: rows} = await finder([readImage(view)]);
      assertClose([...Array.from(rows[0])], hand, tolerance(1e-4), view);
    }
    for (const {view, probabilities, landmarks: points} of answers.views) {
      const rows = await classifier([readImage(view)]);
      assertClose(Array.from(rows.probabilities[0]), probabilities, tolerance(1e-4), view);
      assertClose(Array.from(rows.landmarks[0]), points.flat(), tolerance(1e-4), view);
      if (clear(probabilities)) assert.equal(best(rows.probabilities[0]), best(probabilities), view);
    }
  });

  test(`${answers.model}: whole images`, async () => {
    const {finder, classifier, info} = await load(answers);
    const looks = new TwoLooks(finder, classifier, info);
    for (const {image, probabilities, landmarks: points} of answers.images) {
      const {width, height, data} = readImage(image);
      const step = Math.ceil(Math.sqrt((width * height) / MAX_PIXELS)); // as for photographs
      const [columns, rows] = [Math.floor(width / step), Math.floor(height / step)];
      const original = {width, height, data};
      const detail = step > 1 ? resize(original, columns, rows) : original;
      const seen = await classifyStill(looks, detail);
      const actual = seen.probabilities;
      assertClose(actual, probabilities, tolerance(0.02), image);
      if (clear(probabilities)) assert.equal(best(actual), best(probabilities), image);
      const scale = [width / detail.width, height / detail.height];
      const moved = seen.landmarks.map(([x, y]) => [x * scale[0], y * scale[1]]);
      assertClose(moved, points, tolerance(0.01 * Math.max(width, height)), image);
    }
  });
}

/**
 * The answer about a still image: two close looks of different sizes. The page has only frames.
 * @param {TwoLooks} looks @param {import("../src/recognition/image.js").Image} image
 */
async function classifyStill(looks, image) {
  const [{hand, score}] = await looks.search([image]);
  const seen = [];
  for (const factor of [0.85, 1.15]) {
    const sized = {...hand, width: factor * hand.width, height: factor * hand.height};
    seen.push(...(await looks.lookClosely([image], [sized])));
  }
  const mean = (/** @type {ArrayLike<number>} */ one, /** @type {ArrayLike<number>} */ other) =>
    Array.from(one, (value, n) => (value + other[n]) / 2);
  const [first, second] = seen;
  return {
    probabilities: looks.combine(mean(first.probabilities, second.probabilities), score),
    landmarks: first.landmarks.map((point, n) => mean(point, second.landmarks[n])),
  };
}

/** @param {any} answers */
async function load(answers) {
  const finder = await loadNetwork(ort, readModel(answers.finder));
  const classifier = await loadNetwork(ort, readModel(answers.model));
  const {labels, size, finder_size: finderSize, margin, weights} = answers;
  return {finder, classifier, info: {labels, size, finderSize, margin, weights}};
}
