/** Reads the reference vectors; docs/other-languages.md explains them. */

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {PNG} from "pngjs";

const FOLDER = new URL("../../tests/reference/", import.meta.url);

/** @param {string} path */
export const readJson = (path) => JSON.parse(readFileSync(new URL(path, FOLDER), "utf8"));

/** @param {string} path */
export function readImage(path) {
  const {width, height, data} = PNG.sync.read(readFileSync(new URL(path, FOLDER)));
  return {width, height, data: new Uint8ClampedArray(data)};
}

/** @param {string} name */
export function readModel(name) {
  const folder = name.startsWith("tiny") ? new URL("models/", FOLDER) : new URL("../../models/", FOLDER);
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

/** A region as the vectors write it. @param {number[]} part */
export const region = ([left, top, width, height]) => ({left, top, width, height});

/**
 * Asserts that two structures are the same, with numbers up to a tolerance; null stands for NaN.
 * @param {unknown} actual @param {unknown} expected @param {number} tolerance @param {string} path
 */
export function assertClose(actual, expected, tolerance, path = "value") {
  if (typeof expected === "number" && typeof actual === "number") {
    const apart = Math.abs(actual - expected);
    assert(apart <= tolerance, `${path}: ${actual} instead of ${expected}`);
  } else if (expected && typeof expected === "object") {
    assert(actual && typeof actual === "object", `${path}: ${actual}`);
    const [names, known] = [Object.keys(actual).sort(), Object.keys(expected).sort()];
    assert.deepEqual(names, known, path);
    for (const name of known) {
      assertClose(Reflect.get(actual, name), Reflect.get(expected, name), tolerance, `${path}.${name}`);
    }
  } else {
    assert.equal(actual, expected, path);
  }
}

/**
 * Asserts that a view is the expected one: some values may be rounded elsewhere.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} view @param {string} path
 */
export function assertView(view, path) {
  const expected = readImage(path);
  assert.deepEqual([view.width, view.height], [expected.width, expected.height]);
  let [off, most] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const apart = i % 4 < 3 ? Math.abs(view.data[i] - expected.data[i]) : 0;
    most = Math.max(most, apart);
    off += Number(apart > 0);
  }
  const share = off / (view.width * view.height * 3);
  assert(most <= 1 && share <= 0.001, `${path}: off by up to ${most}, a share of ${share}`);
}
