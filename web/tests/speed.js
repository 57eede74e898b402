/**
 * Prints how long the parts of a frame take in one thread, as processor time, which other programs
 * on the machine hardly change: node tests/speed.js
 */

import * as ort from "onnxruntime-web";

import {blank} from "../src/recognition/image.js";
import {loadNetwork} from "../src/recognition/networks.js";
import {closeUp, letterbox} from "../src/recognition/views.js";
import {readJson, readModel} from "./vectors.js";

const RUNS = 40;
ort.env.wasm.numThreads = 1;

/** @param {string} name @param {() => unknown} run */
async function measure(name, run) {
  for (let n = 0; n < 5; n++) await run();
  const start = process.cpuUsage();
  for (let n = 0; n < RUNS; n++) await run();
  const {user, system} = process.cpuUsage(start);
  console.log(`${name}: ${((user + system) / 1000 / RUNS).toFixed(1)} ms`);
}

const frame = blank(480, 480);
for (let n = 0; n < frame.data.length; n++) frame.data[n] = (n * 7919) % 251;
const hand = {x: 240, y: 240, width: 160, height: 200, angle: 0.3};
for (const name of ["rps", "rps-int8"]) {
  const {model, finder, size, finder_size: finderSize, margin} = readJson(`answers/${name}.json`);
  const [whole, near] = [letterbox(frame, finderSize).image, closeUp(frame, hand, size, margin).image];
  const [find, look] = [await loadNetwork(ort, readModel(finder)), await loadNetwork(ort, readModel(model))];
  await measure(finder, () => find([whole]));
  await measure(model, () => look([near]));
  if (name === "rps") await measure("letterbox", () => letterbox(frame, finderSize));
  if (name === "rps") await measure("close-up", () => closeUp(frame, hand, size, margin));
}
