/**
 * The rules of a match as a pure state machine: times and probabilities in, states and events out.
 * Phases begin when they are due, not when a frame came.
 */

import {outcome} from "./moves.js";
import {deadlineOf, isDecided, roundOf, scoreOf, shootOf, winnerOf} from "./state.js";
import {IDLE, isAbsent, UNARMED, watchForAbsence, watchForFist} from "./triggers.js";
import {tallyWindow} from "./voting.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Step} Step */
/** @typedef {import("./state.js").Event} Event */
/** @typedef {import("./state.js").Ending} Ending */
/** @typedef {import("./state.js").Observation} Observation */

const CATCH_UP = 0.25; // a round that starts later than this does not catch up
const TOLERANCE = 0.15; // an open hand this shortly before "shoot" is not too early

/**
 * Starts the countdown of the next round, with the computer's move already sealed.
 * @param {State} state ready for a round
 * @param {import("./state.js").Commitment | null} commitment null if two people play
 * @param {number} time @returns {Step}
 */
export function beginRound(state, commitment, time) {
  if (state.phase !== "ready") throw new Error(`no round can begin in phase ${state.phase}`);
  if ((commitment === null) !== state.rules.twoPlayers) throw new Error("who plays the right side?");
  const start = time - state.since <= CATCH_UP ? state.since : time;
  const started = state.started ?? start;
  const {attempt} = state;
  const seal = commitment ? {seal: commitment.seal} : {};
  return [
    {...state, phase: "countdown", since: start, started, commitment, early: [], votes: []},
    [{event: "round_started", time: start, round: roundOf(state), attempt, ...seal}],
  ];
}

/**
 * Advances a match to the time of an observation, and uses it if the phase needs frames.
 * @param {State} state @param {Observation} seen @returns {Step}
 */
export function advance(state, seen) {
  /** @type {Event[]} */
  const events = [];
  for (let due = dueOf(state); seen.time >= due; due = dueOf(state)) {
    const [next, happened] = nextPhase(state, due);
    state = next;
    events.push(...happened);
  }
  return [seen.hands.length ? observe(state, seen) : state, events];
}

/**
 * Ends the pause after a round; before and during a round nothing changes.
 * @param {State} state @param {number} time @returns {State}
 */
export function skipPause(state, time) {
  if (state.ending) return {...state, phase: "over", since: time, trigger: UNARMED};
  if (state.phase !== "reveal" && state.phase !== "repeat") return state;
  return {...state, phase: "ready", since: time, commitment: null, trigger: IDLE};
}

/**
 * Ends a match before it is decided; one that has ended is not changed.
 * @param {State} state @param {number} time @param {Ending} ending @returns {Step}
 */
export function stop(state, time, ending) {
  return state.ending ? [state, []] : giveUp(state, time, ending);
}

/**
 * Which beat (rock, paper, scissors, shoot: 0 to 3) is called, and its progress from 0 to 1.
 * @param {State} state @param {number} time @returns {[number, number]}
 */
export function beat(state, time) {
  const length = state.rules.timing.countdown / 3;
  if (state.phase === "ready") return [0, 0];
  if (state.phase !== "countdown" || time >= shootOf(state) || length === 0) return [3, 1];
  const beats = (time - state.since) / length;
  const index = Math.max(0, Math.min(2, Math.trunc(beats)));
  return [index, Math.min(1, Math.max(0, beats - index))];
}

/** Whether a frame at this time can affect the round. @param {State} state @param {number} time */
export function isWatching(state, time) {
  const {timing} = state.rules;
  const shoot = shootOf(state);
  if (state.phase === "countdown") return shoot - timing.watch <= time && time < shoot - TOLERANCE;
  if (state.phase === "reveal" || state.phase === "repeat") return timing.minPause !== null;
  return state.phase === "window";
}

/** When the phase ends; infinite if it lasts until something else happens. @param {State} state */
export function dueOf(state) {
  const {phase, since, ending, rules: {timing}} = state;
  const deadline = ending ? Infinity : deadlineOf(state);
  switch (phase) {
    case "countdown":
      return since + timing.countdown + timing.settle;
    case "window":
      return since + timing.window;
    case "reveal":
    case "repeat":
      return Math.min(since + timing.pause, deadline);
    case "ready":
      return deadline;
    default:
      return Infinity;
  }
}

/** @param {State} state @param {number} now @returns {Step} */
function nextPhase(state, now) {
  if (state.phase === "countdown") return [{...state, phase: "window", since: now}, []];
  if (state.phase === "window") return closeWindow(state, now);
  if (state.ending || now < deadlineOf(state)) return [skipPause(state, now), []];
  // The time is up: a result that is shown stays for its pause.
  return state.phase === "reveal" ? end(state, now, "decided") : giveUp(state, now, "decided");
}

/**
 * Uses what the hands show, if the phase needs it.
 * @param {State} state @param {Observation} seen @returns {State}
 */
function observe(state, seen) {
  const {time, hands} = seen;
  switch (state.phase) {
    case "window":
      return {...state, votes: [...state.votes, seen]};
    case "countdown":
      return isWatching(state, time) ? {...state, early: [...state.early, seen]} : state;
    case "reveal":
    case "repeat": {
      const {minPause} = state.rules.timing;
      if (minPause === null) return state;
      const trigger = watchForAbsence(state.trigger, hands, time);
      const left = isAbsent(trigger, time) && time - state.since >= minPause;
      return left ? skipPause(state, time) : {...state, trigger};
    }
    default:
      return {...state, trigger: watchForFist(state.trigger, hands, time)};
  }
}

/** @param {State} state @param {number} now @returns {Step} */
function closeWindow(state, now) {
  const {rules, votes, early, since, attempt, commitment} = state;
  const middle = (since + now) / 2;
  const strict = attempt <= rules.lenience;
  const results = (rules.twoPlayers ? [0, 1] : [0]).map((hand) =>
    tallyWindow(
      votes.flatMap(({time, hands}) => (hands[hand] ? [{time, vote: hands[hand]}] : [])),
      strict ? early.flatMap(({hands}) => (hands[hand] ? [hands[hand]] : [])) : [],
      middle,
      rules.confidence,
    ),
  );
  const wrong = results.findIndex(({reason}) => reason);
  if (wrong >= 0) return repeat(state, now, results[wrong], sideOf(state, wrong));

  const round = roundOf(state);
  const frames = votes.length;
  /** @type {Event[]} */
  const events = results.map(({gesture, confidence, probabilities}, hand) => {
    const window = {start: since, end: now, frames};
    const side = rules.twoPlayers ? {side: sideOf(state, hand)} : {};
    const shown = {gesture, confidence, probabilities};
    return {event: "move_seen", time: now, round, ...shown, ...window, ...side};
  });
  const [left, right] = results.map(({gesture}) => /** @type {import("./moves.js").Move} */ (gesture));
  const played = {left, right: commitment ? commitment.move : right};
  if (commitment) {
    events.push({event: "reveal", time: now, round, move: commitment.move, nonce: commitment.nonce});
  }
  /** @type {State} */
  const next = {
    ...state,
    phase: "reveal",
    since: now,
    attempt: 1,
    rounds: [...state.rounds, played],
    confidences: results.map(({confidence}) => confidence ?? 0),
    trigger: IDLE,
  };
  events.push(resultEvent(next, now, round, played));
  if (!isDecided(next) && now < deadlineOf(next)) return [next, events];
  const [over, last] = end(next, now, "decided");
  return [over, [...events, ...last]];
}

/**
 * @param {State} state @param {number} now @param {import("./voting.js").WindowResult} result
 * @param {import("./state.js").Side | null} side @returns {Step}
 */
function repeat(state, now, {reason, gesture, confidence}, side) {
  const {attempt, commitment, votes, rules} = state;
  /** @type {Event} */
  const repeated = {
    event: "repeated",
    time: now,
    round: roundOf(state),
    attempt,
    reason,
    gesture,
    confidence,
    start: state.since,
    end: now,
    frames: votes.length,
    ...(commitment ? {move: commitment.move, nonce: commitment.nonce} : {side}),
  };
  const hopeless = attempt >= rules.patience;
  if (hopeless || now >= deadlineOf(state)) {
    const [over, events] = giveUp(state, now, hopeless ? "nothing_seen" : "decided");
    return [over, [repeated, ...events]];
  }
  const next = {attempt: attempt + 1, reason, side, trigger: IDLE};
  return [{...state, phase: "repeat", since: now, ...next}, [repeated]];
}

/** Ends a match at once. @param {State} state @param {number} now @param {Ending} ending */
function giveUp(state, now, ending) {
  return end({...state, phase: "over", since: now, commitment: null, trigger: UNARMED}, now, ending);
}

/** @param {State} state @param {number} hand @returns {import("./state.js").Side | null} */
function sideOf({rules}, hand) {
  if (!rules.twoPlayers) return null;
  return hand === 0 ? "left" : "right";
}

/**
 * @param {State} state @param {number} time @param {number} round
 * @param {import("./moves.js").Round} played @returns {Event}
 */
function resultEvent(state, time, round, played) {
  const ended = outcome(played);
  const {left, right} = played;
  const score = namedScore(scoreOf(state), state.rules.twoPlayers);
  if (!state.rules.twoPlayers) {
    return {event: "result", time, round, outcome: ended, player: left, computer: right, score};
  }
  const winner = {win: "left", lose: "right", draw: "draw"}[ended];
  return {event: "result", time, round, outcome: winner, left, right, score};
}

/** @param {State} state @param {number} time @param {Ending} ending @returns {Step} */
function end(state, time, ending) {
  const {mode, twoPlayers} = state.rules;
  const over = {...state, ending};
  const side = winnerOf(over);
  const event = {
    event: "match_over",
    time,
    complete: isDecided(over),
    ending,
    winner: side && (twoPlayers ? side : {left: "player", right: "computer"}[side]),
    rounds: state.rounds.length,
    score: namedScore(scoreOf(state), twoPlayers),
    mode,
  };
  return [over, [event]];
}

/**
 * A score as the log has it.
 * @param {import("./state.js").Score} score @param {boolean} twoPlayers
 */
export function namedScore({left, right, draws}, twoPlayers) {
  return twoPlayers ? {left, right, draws} : {player: left, computer: right, draws};
}
