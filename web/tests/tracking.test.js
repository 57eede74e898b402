import assert from "node:assert/strict";
import {test} from "node:test";

import {blank} from "../src/recognition/image.js";
import {HandTracker} from "../src/recognition/tracking.js";
import {TwoLooks} from "../src/recognition/two-looks.js";
import {assertClose, readJson} from "./vectors.js";

/** A network that gives prepared answers, and counts the images of each call. */
function stub() {
  /** @type {Record<string, number[]>[]} */
  const rows = [];
  /** @type {number[]} */
  const calls = [];
  /** @type {import("../src/recognition/two-looks.js").Network} */
  const network = async (views) => {
    calls.push(views.length);
    const answers = rows.splice(0, views.length);
    assert.equal(answers.length, views.length, "no answer is left");
    const names = Object.keys(answers[0]);
    return Object.fromEntries(names.map((name) => [name, answers.map((row) => Float32Array.from(row[name]))]));
  };
  return {network, rows, calls};
}

for (const sequence of readJson("tracking.json")) {
  test(`following ${sequence.name}`, async () => {
    const {labels, margin, weights, finder_size: finderSize, classifier_size: size} = sequence;
    const [finder, classifier] = [stub(), stub()];
    const info = {labels, margin, weights, finderSize, size};
    const tracker = new HandTracker(new TwoLooks(finder.network, classifier.network, info));
    for (const frame of sequence.frames) {
      finder.rows.push(...frame.finder.map((/** @type {number[]} */ hand) => ({hand})));
      classifier.rows.push(
        ...frame.classifier.map((/** @type {any} */ {probabilities, landmarks}) => ({
          probabilities,
          landmarks: landmarks.flat(),
        })),
      );
      const regions = frame.regions.map((/** @type {number[]} */ [height, width]) => blank(width, height));
      const hands = await tracker.follow(regions, frame.time);
      assert.deepEqual(finder.calls.splice(0), frame.finder_batches);
      assert.deepEqual(classifier.calls.splice(0), frame.classifier_batches);
      assert.deepEqual([finder.rows, classifier.rows], [[], []]);
      assertClose(hands.map((hand) => hand.probabilities), frame.probabilities, 1e-6);
      assertClose(hands.map((hand) => hand.landmarks), frame.landmarks, 1e-6);
    }
  });
}
