import assert from "node:assert/strict";
import {test} from "node:test";

import {closeUpMatrix} from "../src/recognition/geometry.js";
import {crop, resize} from "../src/recognition/image.js";
import {
  centralRegion,
  closeUp,
  halfRegions,
  letterbox,
  overlappingSquares,
} from "../src/recognition/views.js";
import {assertClose, assertView, readImage, readJson, region} from "./vectors.js";

const cases = readJson("preprocessing.json");

for (const {image, size, view} of cases.fit) {
  test(`resizing: ${view}`, () => assertView(resize(readImage(image), size, size), view));
}

for (const {image, part, size, matrix, view} of cases.letterbox) {
  test(`letterbox: ${view}`, () => {
    const actual = letterbox(crop(readImage(image), region(part)), size);
    assertView(actual.image, view);
    assertClose(actual.matrix, matrix, 1e-9);
  });
}

for (const {image, hand, size, margin, matrix, view} of cases.close_up) {
  test(`close-up: ${view}`, () => {
    assertClose(closeUpMatrix(hand, size, margin), matrix, 1e-9);
    assertView(closeUp(readImage(image), hand, size, margin).image, view);
  });
}

for (const {width, height, central, halves, halves_mirrored, squares} of cases.regions) {
  test(`regions of ${width} x ${height}`, () => {
    assert.deepEqual(centralRegion(width, height), region(central));
    assert.deepEqual(halfRegions(width, height, false), halves.map(region));
    assert.deepEqual(halfRegions(width, height, true), halves_mirrored.map(region));
    assert.deepEqual(overlappingSquares(width, height), squares.map(region));
  });
}
