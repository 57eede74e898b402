/** The matches of one visit: their score, and the log. */

import {namedScore} from "./machine.js";

/** @typedef {import("./state.js").Event} Event */

export class Series {
  constructor() {
    this.count = 0;
    this.matches = {left: 0, right: 0, draws: 0};
  }

  /**
   * The first event of the next match.
   * @param {import("./rules.js").Rules} rules @param {number} time
   * @param {string} opponent empty if two people play
   * @param {string} source
   * @param {string[]} names of the players, left to right
   * @returns {Event}
   */
  begin(rules, time, opponent, source, names = []) {
    const {timing: {countdown, settle, window, pause}, mode, twoPlayers} = rules;
    const sides = twoPlayers ? ["left", "right"] : ["player", "computer"];
    this.count += 1;
    return {
      event: "match_started",
      time,
      best_of: mode === "classic" ? rules.bestOf : null,
      ...(twoPlayers ? {} : {opponent}),
      source,
      countdown,
      settle,
      window,
      pause,
      mode,
      duration: mode === "timed" ? rules.duration : null,
      names: Object.fromEntries(names.map((name, n) => [sides[n], name])),
      match: this.count,
      matches: namedScore(this.matches, twoPlayers),
    };
  }

  /** Counts a match that was decided; survival has no winner. @param {Event} over */
  end({complete, mode, winner}) {
    if (!complete || mode === "survival") return;
    if (winner === null) this.matches.draws += 1;
    else if (winner === "player" || winner === "left") this.matches.left += 1;
    else this.matches.right += 1;
  }
}

/** An event as a line of the log. @param {Event} event */
export const toLine = (event) => JSON.stringify(rounded(event));

/** Numbers with at most four decimals. @param {any} value @returns {any} */
function rounded(value) {
  if (typeof value === "number") return Number(value.toFixed(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
  }
  return value;
}
