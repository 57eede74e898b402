/** The settings of a match: values only; the rules that use them are in machine.js. */

/** @typedef {"classic" | "survival" | "timed"} Mode */

/**
 * The lengths of a round's phases in seconds: from "rock" to "shoot", until the window opens, the
 * window in which frames count, and the pause after it. Frames from `watch` seconds before "shoot"
 * show moves that come too early. A pause with a `minPause` ends after it once the hand has left.
 * @typedef {{countdown: number, settle: number, window: number, pause: number, watch: number,
 *   minPause: number | null}} Timing
 */

/**
 * `confidence` is the mean probability that a move needs; after `patience` attempts without a move
 * the match is given up; in the first `lenience` attempts a move that comes too early is rejected.
 * @typedef {{bestOf: number, timing: Timing, confidence: number, patience: number,
 *   lenience: number, twoPlayers: boolean, mode: Mode, duration: number}} Rules
 */

/** A pace that people can follow. @type {Timing} */
const LIVE = {countdown: 1.8, settle: 0.25, window: 0.75, pause: 2.6, watch: 0.5, minPause: 1.4};

/** The same with shorter pauses, for matches against the clock. @type {Timing} */
const LIVE_TIMED = {...LIVE, pause: 1.4, minPause: 0.7};

/** The rules of a match on the page. @param {Partial<Rules>} changes @returns {Rules} */
export function makeRules(changes = {}) {
  return {
    bestOf: 3,
    timing: changes.mode === "timed" ? LIVE_TIMED : LIVE,
    confidence: 0.6,
    patience: 10,
    lenience: 2,
    twoPlayers: false,
    mode: "classic",
    duration: 60,
    ...changes,
  };
}

/** How many rounds win a classic match. @param {Rules} rules */
export const needed = (rules) => Math.floor(rules.bestOf / 2) + 1;
