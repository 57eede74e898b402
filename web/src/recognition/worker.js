/** Recognizes hands in a worker, so that the screen never waits for the networks. */

import * as ort from "onnxruntime-web/wasm";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

import {boxAround} from "./geometry.js";
import {loadNetwork} from "./networks.js";
import {HandTracker} from "./tracking.js";
import {TwoLooks} from "./two-looks.js";
import {centralRegion, halfRegions} from "./views.js";

/** @typedef {import("./image.js").Region} Region */
/** @typedef {import("./geometry.js").Point} Point */

/**
 * Which parts of the frames are classified; a change of `view` is another camera.
 * @typedef {{twoPlayers: boolean, swapped: boolean, live: boolean, view: number}} Options
 */

/**
 * What one player's hand shows, in pixels of the frame.
 * @typedef {{region: Region, probabilities: Record<string, number>, box: Region,
 *   landmarks: Point[]}} RecognizedHand
 */

/** @typedef {{bitmap: ImageBitmap, time: number, options: Options}} Request */
/** @typedef {{finder: Uint8Array, classifier: Uint8Array, info: import("./two-looks.js").ModelInfo}} Model */
/** One of the two; the next one follows after the answer. @typedef {{load: Model} | {request: Request}} Message */
/** @typedef {{bitmap: ImageBitmap, hands: RecognizedHand[]}} Answer */

ort.env.wasm.numThreads = 1; // more need headers that file servers do not send
ort.env.wasm.wasmPaths = {wasm};

const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext("2d", {willReadFrequently: true, alpha: false})
);
/** @type {TwoLooks} */
let looks;
/** @type {HandTracker} */
let tracker;
let view = 0;

/** @param {MessageEvent<Message>} message */
self.onmessage = async ({data}) => {
  try {
    const answer = "load" in data ? await loadModel(data.load) : await recognize(data.request);
    self.postMessage({answer}, {transfer: answer ? [answer.bitmap] : []});
  } catch (error) {
    self.postMessage({error: String(error)});
  }
};

/** @param {Model} model */
async function loadModel({finder, classifier, info}) {
  looks = new TwoLooks(await loadNetwork(ort, finder), await loadNetwork(ort, classifier), info);
  tracker = new HandTracker(looks);
  const black = {width: 64, height: 64, data: new Uint8ClampedArray(4 * 64 * 64)};
  await tracker.follow([black], 0); // the first run takes longer than the others
}

/** @param {Request} request @returns {Promise<Answer>} */
async function recognize({bitmap, time, options}) {
  const {width, height} = bitmap;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
  if (options.view !== view) [tracker, view] = [new HandTracker(looks), options.view];
  context.drawImage(bitmap, 0, 0);
  const regions = regionsOf(width, height, options);
  const images = regions.map((part) =>
    context.getImageData(part.left, part.top, part.width, part.height),
  );
  const found = await tracker.follow(images, time);
  const hands = found.map(({probabilities, landmarks}, n) => {
    const {left, top} = regions[n];
    /** @type {Point[]} */
    const points = landmarks.map(([x, y]) => [x + left, y + top]);
    const entries = looks.labels.map((label, k) => [label, probabilities[k]]);
    const box = boxAround(points, width, height);
    return {region: regions[n], probabilities: Object.fromEntries(entries), box, landmarks: points};
  });
  return {bitmap, hands};
}

/** @param {number} width @param {number} height @param {Options} options @returns {Region[]} */
function regionsOf(width, height, {twoPlayers, swapped, live}) {
  if (twoPlayers) return halfRegions(width, height, swapped);
  return [live ? centralRegion(width, height) : {left: 0, top: 0, width, height}];
}
