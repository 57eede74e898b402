/** The state of a match, and what follows from it. A state is never changed. */

import {outcome} from "./moves.js";
import {needed} from "./rules.js";
import {IDLE} from "./triggers.js";

/** @typedef {"ready" | "countdown" | "window" | "reveal" | "repeat" | "over"} Phase */
/** @typedef {"left" | "right"} Side */
/** @typedef {"decided" | "quit" | "restarted" | "source_failed" | "nothing_seen"} Ending */
/** @typedef {{left: number, right: number, draws: number}} Score */

/** The computer's move, made before the countdown. @typedef {{move: import("./moves.js").Move,
 *   nonce: string, seal: string}} Commitment */

/** The hands recognized in a frame, from left to right; none if there is no new frame.
 * @typedef {{time: number, hands: import("./voting.js").Vote[]}} Observation */

/** A line of the log. @typedef {{event: string, time: number, [key: string]: any}} Event */

/**
 * `since` is when the phase began, `started` when the first round did; `early` and `votes` are
 * observations before "shoot" and in the window; `reason` and `side` say why a round is repeated.
 * @typedef {{rules: import("./rules.js").Rules, phase: Phase, since: number,
 *   started: number | null, attempt: number, commitment: Commitment | null, early: Observation[],
 *   votes: Observation[], rounds: import("./moves.js").Round[],
 *   reason: import("./voting.js").Reason | null, side: Side | null, confidences: number[],
 *   ending: Ending | null, trigger: import("./triggers.js").Trigger}} State
 */

/** A new state, and the events that led to it. @typedef {[State, Event[]]} Step */

/**
 * A match before its first round.
 * @param {import("./rules.js").Rules} rules @param {number} since @returns {State}
 */
export function newState(rules, since) {
  return {
    rules,
    phase: "ready",
    since,
    started: null,
    attempt: 1,
    commitment: null,
    early: [],
    votes: [],
    rounds: [],
    reason: null,
    side: null,
    confidences: [],
    ending: null,
    trigger: IDLE,
  };
}

/** The round whose result is shown, if any. @param {State} state */
export const shownRound = ({phase, rounds}) => (phase === "reveal" ? rounds[rounds.length - 1] : null);

/** Rounds won so far. @param {State} state @returns {Score} */
export function scoreOf({rounds}) {
  const outcomes = rounds.map(outcome);
  const count = (/** @type {string} */ name) => outcomes.filter((each) => each === name).length;
  return {left: count("win"), right: count("lose"), draws: count("draw")};
}

/** Whether the match was played to its end. @param {State} state */
export function isDecided(state) {
  const {left, right} = scoreOf(state);
  switch (state.rules.mode) {
    case "survival":
      return right > 0;
    case "timed":
      return state.ending === "decided";
    default:
      return Math.max(left, right) >= needed(state.rules);
  }
}

/** Who has won the match; in survival nobody. @param {State} state @returns {Side | null} */
export function winnerOf(state) {
  const {left, right} = scoreOf(state);
  if (!isDecided(state) || state.rules.mode === "survival" || left === right) return null;
  return left > right ? "left" : "right";
}

/**
 * When the time of a timed match is over; infinite before its first round, and in other matches.
 * @param {State} state
 */
export function deadlineOf({rules, started}) {
  return rules.mode === "timed" && started !== null ? started + rules.duration : Infinity;
}

/** The number of the round that is played or shown, from 1. @param {State} state */
export function roundOf({phase, rounds}) {
  const shown = (phase === "reveal" || phase === "over") && rounds.length;
  return shown ? rounds.length : rounds.length + 1;
}

/** Whether no round has been attempted yet. @param {State} state */
export const isUntouched = ({phase, rounds, attempt}) =>
  phase === "ready" && !rounds.length && attempt === 1;

/** When "shoot" is called, in the countdown. @param {State} state */
export const shootOf = ({since, rules}) => since + rules.timing.countdown;
