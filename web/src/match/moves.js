/** Moves, and what beats what. */

/** @typedef {"rock" | "paper" | "scissors"} Move */
/** @typedef {Move | "none"} Gesture */
/** The left side's. @typedef {"win" | "lose" | "draw"} Outcome */
/** A decided round. @typedef {{left: Move, right: Move}} Round */

/** Each is beaten by the next. @type {Move[]} */
export const MOVES = ["rock", "paper", "scissors"];

/** @type {Outcome[]} */
const OUTCOMES = ["draw", "win", "lose"]; // by how far the left move is ahead in the circle

/** How a round ended for the left side. @param {Round} round */
export function outcome({left, right}) {
  return OUTCOMES[(MOVES.indexOf(left) - MOVES.indexOf(right) + 3) % 3];
}
