/** Drawn hands, as make_assets.py made them. */

import {MOVES} from "../match/moves.js";

/** @typedef {import("../match/moves.js").Move} Move */

/**
 * The image of a hand that opens from a fist (0) to a move (1).
 * @typedef {(move: Move, openness: number) => HTMLImageElement} Opening
 */

const NAMES = ["rock-0", "paper-1", "paper-2", "scissors-1", "scissors-2"]; // move, step
const STEPS = 2;

/** Loads an image. @param {string} name its path, without the ending */
export async function loadImage(name) {
  const image = new Image();
  image.src = `${name}.webp`;
  await image.decode();
  return image;
}

/**
 * Loads the images of one hand.
 * @param {string} name the beginning of their paths
 * @returns {Promise<Opening>}
 */
export async function loadHands(name) {
  const images = await Promise.all(NAMES.map((each) => loadImage(`${name}-${each}`)));
  return (move, openness) => {
    const index = NAMES.indexOf(`${move}-${Math.round(openness * STEPS)}`);
    return images[Math.max(0, index)]; // every move begins as a fist
  };
}

/** Loads the small hands of both sides, by side and move. */
export async function loadIcons() {
  const names = ["player", "computer"].flatMap((side) => MOVES.map((move) => `${side}-${move}`));
  const icons = await Promise.all(names.map((name) => loadImage(`made/hands/${name}-icon`)));
  return new Map(names.map((name, n) => [name, icons[n]]));
}
