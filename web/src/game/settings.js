/** What players can choose. */

/**
 * @typedef {{mode: import("../match/rules.js").Mode, bestOf: number,
 *   opponent: "random" | "adaptive", twoPlayers: boolean, facing: "user" | "environment",
 *   language: string, sound: boolean}} Settings
 */

/** @type {Settings} */
export const DEFAULTS = {
  mode: "classic",
  bestOf: 3,
  opponent: "random",
  twoPlayers: false,
  facing: "user",
  language: "", // the browser's
  sound: true,
};

/**
 * The first language of the browser that the page has.
 * @param {string[]} available @param {readonly string[]} wanted
 */
export function preferredLanguage(available, wanted) {
  const codes = wanted.map((each) => each.slice(0, 2).toLowerCase());
  return codes.find((code) => available.includes(code)) ?? "en";
}
