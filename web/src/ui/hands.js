/** Drawn hands, as make_assets.py made them. */

/** @typedef {import("../match/moves.js").Move} Move */

/**
 * The image of a hand that opens from a fist (0) to a move (1).
 * @typedef {(move: Move, openness: number) => HTMLImageElement} Opening
 */

const NAMES = ["rock-0", "paper-1", "paper-2", "scissors-1", "scissors-2"]; // move, step
const STEPS = 2;

/**
 * Loads the images of one hand.
 * @param {string} name the beginning of their paths
 * @returns {Promise<Opening>}
 */
export async function loadHands(name) {
  const entries = NAMES.map(async (each) => {
    const image = new Image();
    image.src = `${name}-${each}.webp`;
    await image.decode();
    return /** @type {[string, HTMLImageElement]} */ ([each, image]);
  });
  const images = new Map(await Promise.all(entries));
  return (move, openness) => {
    const step = Math.round(openness * STEPS);
    const found = images.get(`${move}-${step}`) ?? images.get("rock-0");
    return /** @type {HTMLImageElement} */ (found);
  };
}
