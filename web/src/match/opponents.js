/** How the computer chooses its moves: at random, or by the habits that it has found. */

import {MOVES, outcome} from "./moves.js";

/** @typedef {import("./moves.js").Round} Round */

/**
 * A pattern in a player's moves: what the next move depends on, and whether it is the step along
 * the circle of moves that is repeated rather than the move.
 * @typedef {{context: (rounds: Round[]) => string, turning: boolean}} Habit
 */

/** How moves are expected, or played: by number. @typedef {number[]} Shares */

const MEMORY = 600; // rounds that are learned from
const FORGET = 100; // rounds are forgotten in batches of this size
const INVERSE_TEMPERATURE = 12; // of the softmax from expected gains to advice
const EXPLORATION = 0.06; // share of moves drawn at random, whatever was learned
const DISCOUNT = 0.995; // by which a round in a context makes earlier ones count less
const PRIORS = [...Array(11).fill(1), 3, 3, 1]; // the experts on people in general start with more
const UNIFORM = [1 / 3, 1 / 3, 1 / 3];

const index = (/** @type {Round} */ {left}) => MOVES.indexOf(left);
const last = (/** @type {Round[]} */ rounds) => rounds[rounds.length - 1];
const latest = (/** @type {Round[]} */ rounds, /** @type {number} */ count, /** @type {(round: Round) => string} */ what) =>
  rounds.slice(-count).map(what).join();
const lefts = (/** @type {number} */ count) => (/** @type {Round[]} */ rounds) =>
  latest(rounds, count, ({left}) => left);
const both = (/** @type {number} */ count) => (/** @type {Round[]} */ rounds) =>
  latest(rounds, count, ({left, right}) => left + right);
const outcomes = (/** @type {number} */ count) => (/** @type {Round[]} */ rounds) =>
  latest(rounds, count, outcome);

/** The last step along the circle, or nothing if there was only one round. @param {Round[]} rounds */
function lastStep(rounds) {
  return rounds.length > 1 ? (index(last(rounds)) - index(rounds[rounds.length - 2]) + 3) % 3 : "";
}

/** @type {Habit[]} */
const HABITS = [
  {context: () => "", turning: false},
  {context: () => "", turning: true},
  {context: outcomes(1), turning: true},
  {context: (rounds) => `${outcomes(1)(rounds)} ${lastStep(rounds)}`, turning: true},
  {context: outcomes(2), turning: true},
  {context: lefts(1), turning: false},
  {context: lefts(2), turning: false},
  {context: lefts(3), turning: false},
  {context: (rounds) => last(rounds).right, turning: false},
  {context: both(1), turning: false},
  {context: both(2), turning: false},
];

/** Learns the habits of one player, round by round; the player's moves are the left ones. */
export class Learner {
  constructor() {
    /** @type {Round[]} */
    this.rounds = [];
    /** @type {Map<string, number[]>[]} */
    this.counts = HABITS.map(() => new Map());
    this.earned = PRIORS.map(() => 0);
    this.advice = this.askExperts();
  }

  /** The probabilities with which to play each move. @returns {Shares} */
  mixture() {
    const rate = Math.sqrt((8 * Math.log(PRIORS.length)) / (this.rounds.length + 1));
    const most = Math.max(...this.earned);
    const weights = PRIORS.map((prior, n) => prior * Math.exp(rate * (this.earned[n] - most)));
    const total = sum(weights);
    return MOVES.map((_, move) => {
      const advised = sum(weights.map((weight, n) => weight * this.advice[n][move])) / total;
      return EXPLORATION / 3 + (1 - EXPLORATION) * advised;
    });
  }

  /** @param {Round} played */
  learn(played) {
    const theirs = index(played);
    this.advice.forEach((plan, n) => {
      this.earned[n] += plan[(theirs + 1) % 3] - plan[(theirs + 2) % 3];
    });
    if (this.rounds.length) {
      HABITS.forEach((habit, n) => {
        const counts = this.countsOf(habit, n);
        counts.forEach((count, move) => (counts[move] = 1 + (count - 1) * DISCOUNT));
        counts[(theirs - this.origin(habit) + 3) % 3] += 1;
      });
    }
    this.rounds.push(played);
    this.advice = this.askExperts();
  }

  /** What each expert would play. @returns {Shares[]} */
  askExperts() {
    const expected = HABITS.map((habit, n) => this.expect(habit, n));
    const general = [1, 2].map((direction) => winStayLoseShift(this.rounds, direction));
    return [...[...expected, ...general].map(answer), UNIFORM];
  }

  /** @param {Habit} habit @param {number} n @returns {Shares} */
  expect(habit, n) {
    if (!this.rounds.length) return UNIFORM;
    const counts = this.countsOf(habit, n);
    const origin = this.origin(habit);
    return MOVES.map((_, move) => counts[(move - origin + 3) % 3] / sum(counts));
  }

  /** The counts of a habit in the present context. @param {Habit} habit @param {number} n */
  countsOf({context}, n) {
    const key = context(this.rounds);
    const counts = this.counts[n].get(key) ?? [1, 1, 1];
    this.counts[n].set(key, counts);
    return counts;
  }

  /** The move from which steps are counted. @param {Habit} habit */
  origin({turning}) {
    return turning ? index(last(this.rounds)) : 0;
  }
}

/**
 * Chooses a move.
 * @param {string} opponent "random" or "adaptive"
 * @param {Round[]} rounds all rounds so far, oldest first
 */
export function chooseMove(opponent, rounds) {
  if (opponent !== "adaptive") return draw(UNIFORM);
  const forgotten = Math.max(0, Math.ceil((rounds.length - MEMORY) / FORGET) * FORGET);
  const learner = new Learner();
  for (const round of rounds.slice(forgotten)) learner.learn(round);
  return draw(learner.mixture());
}

/**
 * What people do on average: stay after a win, shift in one direction after a loss.
 * @param {Round[]} rounds @param {number} direction @returns {Shares}
 */
function winStayLoseShift(rounds, direction) {
  if (!rounds.length) return UNIFORM;
  const ended = outcome(last(rounds));
  if (ended === "draw") return UNIFORM;
  const favourite = (index(last(rounds)) + (ended === "win" ? 0 : direction)) % 3;
  return MOVES.map((_, move) => (move === favourite ? 0.5 : 0.25));
}

/**
 * How to play against expected moves: mostly what beats them, but never predictably.
 * @param {Shares} expected
 */
function answer(expected) {
  const weights = MOVES.map((_, move) =>
    Math.exp(INVERSE_TEMPERATURE * (expected[(move + 2) % 3] - expected[(move + 1) % 3])),
  );
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}

/** A move drawn by secure random numbers. @param {Shares} shares */
function draw(shares) {
  let rest = crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;
  return MOVES.find((_, move) => (rest -= shares[move]) < 0) ?? MOVES[2];
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
