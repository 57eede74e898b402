/** The screen of the game: shows a match as it is at this moment. */

import {beat} from "../match/machine.js";
import {outcome} from "../match/moves.js";
import {needed} from "../match/rules.js";
import {isUntouched, scoreOf, shownRound, winnerOf} from "../match/state.js";
import {Cards} from "./cards.js";
import {element, fillWith, make, mark, setText} from "./dom.js";
import {fill, final, footer, header, moveWord, names} from "./words.js";

/** @typedef {import("../game/game.js").Game} Game */
/** @typedef {import("./words.js").Texts} Texts */

const MOST_TILES = 7;
const LONG = 13; // Latin letters; longer headlines are smaller
const MARK = 2; // letters that are as wide as the mark of an outcome
const WIDE = /[\u3000-\u9fff]/g; // Japanese letters: twice as wide

/** Whether there is a keyboard rather than a touch screen. */
const keyboard = matchMedia("(hover: hover) and (pointer: fine)");

export class Screen {
  /**
   * @param {import("./hands.js").Opening} computerHand
   * @param {Map<string, HTMLImageElement>} icons small hands, by side and move
   */
  constructor(computerHand, icons) {
    this.cards = new Cards(computerHand);
    this.icons = icons;
    this.details = false;
  }

  /** @param {Game} game @param {Texts} texts */
  show(game, texts) {
    const {state} = game;
    const over = state.phase === "over";
    this.showHeader(game, texts);
    element("cards").hidden = element("footer").hidden = over;
    element("final").hidden = !over;
    if (over) this.showFinal(game, texts);
    else {
      this.cards.show(game, texts);
      this.showFooter(game, texts);
    }
    const details = element("details");
    details.hidden = !this.details;
    const latency = fill(texts.details_latency, {latency: Math.round(game.recognizer.latency)});
    setText(details, latency);
  }

  /** @param {Game} game @param {Texts} texts */
  showHeader({state, settings, records, clock}, texts) {
    const {mode} = state.rules;
    const record = Math.max(records[mode] ?? 0, scoreOf(state).left);
    const view = {opponent: settings.opponent, time: clock.now, record};
    const {above, below, hurry} = header(state, texts, view);
    setText(element("above"), above);
    setText(element("below"), below);
    element("above").classList.toggle("hurry", Boolean(hurry));
    const [left, right] = names(state, texts);
    setText(element("left-name"), left);
    setText(element("right-name"), right);
    showScore(state, "left", left);
    showScore(state, "right", right);
  }

  /** @param {Game} game @param {Texts} texts */
  showFooter(game, texts) {
    const {state, clock} = game;
    const {twoPlayers} = state.rules;
    const {headline, line, tone} = footer(state, texts, clock.now);
    const played = shownRound(state);
    const ended = played && outcome(played);
    fillWith(element("headline"), `${headline} ${ended}`, () => [
      ...(ended ? [mark(ended, twoPlayers)] : []),
      document.createTextNode(headline),
    ]);
    element("headline").className = `${tone} tone`;
    const length = headline.replace(WIDE, "ww").length + (ended ? MARK : 0);
    element("footer").classList.toggle("long", length > LONG);
    setText(element("line"), line);
    const counting = state.phase === "countdown" || state.phase === "window";
    element("beats").hidden = !counting;
    if (counting) showBeats(state, clock.now);
    element("go").hidden = !isUntouched(state);
    showHint(element("go"), startHint(game, texts), game.fist);
  }

  /** @param {Game} game @param {Texts} texts */
  showFinal(game, texts) {
    const {state, verified, newRecord, series: {matches}} = game;
    const {twoPlayers, mode} = state.rules;
    const {headline, tone} = final(state, texts, newRecord);
    setText(element("final-word"), headline);
    element("final-word").className = `${tone} tone`;
    const {left, right} = scoreOf(state);
    element("final-score").hidden = mode === "survival";
    setText(element("final-left"), String(left));
    setText(element("final-right"), String(right));
    const proof = fill(verified === 1 ? texts.verified_one : texts.verified, {count: verified});
    const several = matches.left + matches.right + matches.draws > 1;
    const record = newRecord && winnerOf(state) === "left"; // otherwise the headline says so
    const parts = [
      ...(record ? [texts.record_broken] : []),
      ...(several ? [`${texts.matches} ${matches.left} : ${matches.right}`] : []),
      ...(verified ? [`✓ ${proof}`] : []),
    ];
    setText(element("verified"), parts.join("   "));
    const rounds = state.rounds.slice(-MOST_TILES);
    const shown = rounds.map(({left, right}) => left + right).join();
    fillWith(element("tiles"), `${texts.name} ${twoPlayers} ${shown}`, () =>
      rounds.map((round) => this.tile(round, twoPlayers, texts)),
    );
    showHint(element("again"), againHint(game, texts), game.fist);
    setText(element("save"), texts.save_log);
  }

  /**
   * @param {import("../match/moves.js").Round} round @param {boolean} twoPlayers @param {Texts} texts
   */
  tile(round, twoPlayers, texts) {
    const icons = [`player-${round.left}`, `computer-${round.right}`].map((name) => {
      const icon = /** @type {HTMLImageElement} */ (this.icons.get(name)?.cloneNode());
      return Object.assign(icon, {alt: moveWord(texts, name.split("-")[1])});
    });
    return make("li", {}, [...icons, mark(outcome(round), twoPlayers)]);
  }
}

/**
 * Shows a score: as pips in a classic match, otherwise as a number; nothing for the computer in
 * survival, where it wins only once.
 * @param {import("../match/state.js").State} state @param {import("../match/state.js").Side} side
 * @param {string} name
 */
function showScore(state, side, name) {
  const target = element(`${side}-score`);
  const {mode} = state.rules;
  const won = scoreOf(state)[side];
  const pips = mode === "classic" ? needed(state.rules) : 0;
  const number = mode === "classic" || (mode === "survival" && side === "right") ? "" : String(won);
  fillWith(target, `${won} ${pips} ${number}`, () => [
    ...Array.from({length: pips}, (_, n) => make("i", {className: n < won ? "won" : ""})),
    document.createTextNode(number),
  ]);
  target.setAttribute("role", "img");
  target.setAttribute("aria-label", `${name}: ${won}`);
}

/**
 * Says how to continue, on a button that fills while fists are held up.
 * @param {HTMLElement} button @param {string} text @param {number} fist
 */
function showHint(button, text, fist) {
  setText(button, text);
  button.style.setProperty("--share", `${100 * fist}%`);
}

/** @param {import("../match/state.js").State} state @param {number} time */
function showBeats(state, time) {
  const [index, progress] = beat(state, time);
  const rest = 1 - Math.min(1, (time - state.since) / state.rules.timing.window);
  [...element("beats").children].forEach((bar, n) => {
    let filled = n < index ? 1 : n === index ? progress : 0;
    if (n === 3 && state.phase === "window") filled = rest;
    /** @type {HTMLElement} */ (bar).style.setProperty("--share", `${100 * filled}%`);
  });
}

/** @param {Game} game @param {Texts} texts */
function startHint({fists, state: {rules}}, texts) {
  if (!fists) return texts.start_demo;
  const name = keyboard.matches ? "start" : "start_tap";
  return texts[rules.twoPlayers ? `${name}_two` : name];
}

/** @param {Game} game @param {Texts} texts */
function againHint({fists}, texts) {
  if (!fists) return texts.again_demo;
  return keyboard.matches ? texts.again : texts.again_tap;
}
