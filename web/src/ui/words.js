/** What the screen says at each moment: texts only. */

import {beat} from "../match/machine.js";
import {outcome} from "../match/moves.js";
import {deadlineOf, isDecided, isUntouched, roundOf, scoreOf, shownRound, winnerOf} from "../match/state.js";

/** @typedef {import("../match/state.js").State} State */
/** The texts of a language, by name. @typedef {Record<string, string>} Texts */
/** A colour and mark. @typedef {"" | "call" | "win" | "lose" | "draw"} Tone */

const HURRY = 10; // seconds before the end of a timed match at which the clock is coloured

/**
 * A text with its words in braces filled in.
 * @param {string} text @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

/** The word for a gesture. @param {Texts} texts @param {string} gesture */
export const moveWord = (texts, gesture) => (gesture === "none" ? texts.no_move : texts[gesture]);

/** The names of the sides. @param {State} state @param {Texts} texts */
export function names({rules}, texts) {
  return rules.twoPlayers ? [texts.left, texts.right] : [texts.you, texts.computer];
}

/**
 * The middle of the line above the cards.
 * @param {State} state @param {Texts} texts
 * @param {{opponent: string, time: number, record: number}} view
 */
export function header(state, texts, {opponent, time, record}) {
  const {mode, bestOf, duration, twoPlayers} = state.rules;
  const who = twoPlayers ? texts.two_players : texts[opponent];
  const number = fill(texts.round, {number: roundOf(state)});
  const untouched = isUntouched(state);
  if (mode === "survival") {
    const best = record ? fill(texts.record, {count: record}) : texts.survival;
    return untouched ? {above: texts.survival, below: who} : {above: number, below: best};
  }
  if (mode === "timed") {
    const left = Math.max(0, Math.min(duration, deadlineOf(state) - time));
    if (untouched) return {above: fill(texts.timed, {count: duration}), below: who};
    return {above: clock(left), below: number, hurry: left <= HURRY};
  }
  const best = fill(texts.best_of, {count: bestOf});
  return untouched ? {above: best, below: who} : {above: number, below: best};
}

/**
 * The large word below the cards, and the sentence below it.
 * @param {State} state @param {Texts} texts @param {number} time
 * @returns {{headline: string, line: string, tone: Tone}}
 */
export function footer(state, texts, time) {
  const played = shownRound(state);
  if (played) {
    const tone = outcome(played);
    return {headline: outcomeWord(state, texts, tone), line: verdict(texts, played), tone};
  }
  switch (state.phase) {
    case "countdown":
    case "window": {
      const [index] = beat(state, time);
      const words = [texts.beat_1, texts.beat_2, texts.beat_3, texts.shoot];
      return {headline: words[index], line: "", tone: index === 3 ? "call" : ""};
    }
    case "repeat":
      return {headline: texts.once_more, line: why(state, texts), tone: "call"};
    default:
      return {headline: isUntouched(state) ? texts.title : "", line: "", tone: ""};
  }
}

/**
 * The end of a match.
 * @param {State} state @param {Texts} texts @param {boolean} newRecord
 * @returns {{headline: string, tone: Tone}}
 */
export function final(state, texts, newRecord) {
  const score = scoreOf(state);
  if (state.ending === "nothing_seen") return {headline: texts.nothing_seen, tone: "call"};
  if (!isDecided(state)) return {headline: texts.stopped, tone: "call"};
  if (state.rules.mode === "survival") {
    const headline = fill(newRecord ? texts.new_record : texts.streak, {count: score.left});
    return {headline, tone: newRecord ? "call" : "win"};
  }
  const winner = winnerOf(state);
  if (newRecord && winner !== "left") return {headline: texts.record_broken, tone: "call"};
  if (!winner) return {headline: texts.draw_match, tone: "draw"};
  const won = winner === "left";
  const tone = won ? "win" : "lose";
  if (state.rules.twoPlayers) {
    return {headline: won ? texts.left_wins_match : texts.right_wins_match, tone};
  }
  return {headline: won ? texts.win_match : texts.lose_match, tone};
}

/** @param {State} state @param {Texts} texts @param {import("../match/moves.js").Outcome} ended */
function outcomeWord({rules}, texts, ended) {
  if (ended === "draw") return texts.draw;
  if (!rules.twoPlayers) return texts[ended];
  return ended === "win" ? texts.left_wins : texts.right_wins;
}

/** @param {Texts} texts @param {import("../match/moves.js").Round} played */
function verdict(texts, played) {
  const {left, right} = played;
  if (left === right) return fill(texts.both_show, {move: moveWord(texts, left)});
  return outcome(played) === "win" ? texts[`${left}_beats_${right}`] : texts[`${right}_beats_${left}`];
}

/** @param {State} state @param {Texts} texts */
function why(state, texts) {
  const {reason, side} = state;
  const words = reason ? texts[reason] : "";
  if (!side || reason === "no_frames") return words;
  const name = names(state, texts)[side === "left" ? 0 : 1];
  return `${name.toUpperCase()}: ${words}`;
}

/** Seconds as minutes and seconds, rounded up. @param {number} seconds */
function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
