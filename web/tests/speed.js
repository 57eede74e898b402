/**
 * Prints how long the parts of a frame take in one thread, as processor time, which other programs
 * on the machine hardly change: node tests/speed.js
 */

import * as ort from "onnxruntime-web";

import {blank} from "../src/recognition/image.js";
import {OPTIONS, rgb} from "../src/recognition/networks.js";
import {closeUp, letterbox} from "../src/recognition/views.js";
import {readJson, readModel} from "./vectors.js";

const ROUNDS = 10;
const RUNS = 5;
ort.env.wasm.numThreads = 1;

const frame = blank(480, 480);
for (let n = 0; n < frame.data.length; n++) frame.data[n] = (n * 7919) % 251;
const hand = {x: 240, y: 240, width: 160, height: 200, angle: 0.3};
const {size, finder_size: finderSize, margin} = readJson("answers/rps.json");
const whole = letterbox(frame, finderSize).image;
const near = closeUp(frame, hand, size, margin).image;

/** @type {Map<string, () => unknown>} */
const parts = new Map();
parts.set("letterbox", () => letterbox(frame, finderSize));
parts.set("close-up", () => closeUp(frame, hand, size, margin));
for (const [file, view] of /** @type {const} */ ([
  ["rps-finder.onnx", whole],
  ["rps.onnx", near],
  ["rps-finder-int8.onnx", whole],
  ["rps-int8.onnx", near],
])) {
  const image = new ort.Tensor("uint8", rgb([view]), [1, view.height, view.width, 3]);
  const kinds = file.includes("int8") ? [["", OPTIONS], [", 8-bit operators", {}]] : [["", {}]];
  for (const [kind, options] of /** @type {[string, object][]} */ (kinds)) {
    const session = await ort.InferenceSession.create(readModel(file), options);
    parts.set(file + kind, () => session.run({image}));
  }
}

/** @type {Map<string, number[]>} */
const times = new Map([...parts.keys()].map((name) => [name, []]));
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, run] of parts) { // in turn, so that what else the machine does affects all
    const start = process.cpuUsage();
    for (let n = 0; n < RUNS; n++) await run();
    const {user, system} = process.cpuUsage(start);
    if (round >= 0) times.get(name)?.push((user + system) / 1000 / RUNS);
  }
}
for (const [name, all] of times) {
  const [least, median] = [Math.min(...all), all.toSorted((a, b) => a - b)[ROUNDS / 2]];
  console.log(`${name}: median ${median.toFixed(1)} ms, least ${least.toFixed(1)} ms`);
}
