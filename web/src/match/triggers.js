/** Signals that players give without a keyboard: a raised fist, a hand that has left. */

/** @typedef {import("./voting.js").Vote} Vote */

/**
 * Since when a signal has been seen without interruption (null if it is not), and whether a fist
 * counts: after a match only once the hand was lowered or opened.
 * @typedef {{since: number | null, armed: boolean}} Trigger
 */

const HOLD = 1; // seconds that a fist must be held up
const ABSENCE = 0.3; // seconds without a hand after which it has left
const THRESHOLD = 0.6; // the probability at which a frame shows a fist, or no hand

/** @type {Trigger} */
export const IDLE = {since: null, armed: true};

/** @type {Trigger} */
export const UNARMED = {since: null, armed: false};

/** @param {Trigger} trigger @param {Vote[]} hands @param {number} time */
export function watchForFist(trigger, hands, time) {
  const fists = hands.every((hand) => (hand.rock ?? 0) >= THRESHOLD);
  if (!trigger.armed) return fists ? trigger : IDLE;
  return updated(trigger, fists, time);
}

/** @param {Trigger} trigger @param {Vote[]} hands @param {number} time */
export function watchForAbsence(trigger, hands, time) {
  return updated(trigger, hands.every((hand) => (hand.none ?? 0) >= THRESHOLD), time);
}

/**
 * The share of the required time for which fists have been up.
 * @param {Trigger} trigger @param {number} time
 */
export function fistProgress({since}, time) {
  return since === null ? 0 : Math.min(1, Math.max(0, (time - since) / HOLD));
}

/** Whether the hands have been away long enough. @param {Trigger} trigger @param {number} time */
export const isAbsent = ({since}, time) => since !== null && time - since >= ABSENCE;

/** @param {Trigger} trigger @param {boolean} seen @param {number} time @returns {Trigger} */
function updated(trigger, seen, time) {
  return {...trigger, since: seen ? (trigger.since ?? time) : null};
}
