/** Plays matches: connects a source, the recognizer, an opponent and the rules. No screen. */

import {advance, beginRound, dueOf, skipPause, stop} from "../match/machine.js";
import {chooseMove} from "../match/opponents.js";
import {makeRules} from "../match/rules.js";
import {commit, countVerified} from "../match/seals.js";
import {Series, toLine} from "../match/series.js";
import {isUntouched, newState, scoreOf} from "../match/state.js";
import {fistProgress} from "../match/triggers.js";
import {Clock} from "./clock.js";

/** @typedef {import("../match/state.js").State} State */
/** @typedef {import("../match/state.js").Event} Event */
/** @typedef {import("../match/moves.js").Round} Round */
/** @typedef {import("../recognition/worker.js").RecognizedHand} RecognizedHand */
/** @typedef {import("../sources/camera.js").Camera | import("../sources/demo.js").Demo} Source */
/** @typedef {import("./settings.js").Settings} Settings */

/** The best results of survival and timed matches. @typedef {Record<string, number>} Records */

const DEMO_WAIT = 2.5; // seconds after which a demo begins
const MOST_ROUNDS = 700; // that are kept: more than the opponent learns from

export class Game {
  /**
   * @param {import("../recognition/recognizer.js").Recognizer} recognizer
   * @param {Settings} settings
   * @param {Round[]} past rounds against the computer, oldest first
   * @param {Records} records
   */
  constructor(recognizer, settings, past, records) {
    this.recognizer = recognizer;
    this.settings = settings;
    this.past = past;
    this.records = records;
    this.clock = new Clock();
    this.series = new Series();
    /** @type {string[]} */
    this.log = [];
    /** @type {Event[]} of the current match */
    this.events = [];
    this.state = newState(this.rules, 0);
    /** @type {Source | null} */
    this.source = null;
    this.view = 0; // another number for each source
    this.taken = 0; // the number of the latest frame that was recognized
    /** @type {RecognizedHand[]} in the latest frame */
    this.hands = [];
    /** @type {ImageBitmap | null} the latest frame that counted */
    this.shot = null;
    this.verified = 0;
    this.newRecord = false;
    this.recognizing = false;
    this.sealing = false;
    this.waiting = false; // while something is read, no round begins
    /** @type {() => void} called after each match */
    this.onOver = () => {};
  }

  get rules() {
    const {mode, bestOf, twoPlayers} = this.settings;
    return makeRules({mode: twoPlayers && mode === "survival" ? "classic" : mode, bestOf, twoPlayers});
  }

  /** Whether a fist starts a match. */
  get fists() {
    return Boolean(this.source?.live);
  }

  /** How long fists have been held up, from 0 to 1. */
  get fist() {
    return this.fists ? fistProgress(this.state.trigger, this.clock.now) : 0;
  }

  /** Plays with a source; a match that has begun continues with it. @param {Source} source */
  use(source) {
    const other = this.source?.name !== source.name;
    this.source?.close();
    this.source = source;
    this.view += 1;
    this.taken = 0;
    this.hands = [];
    if (other || isUntouched(this.state)) this.restart();
  }

  /** Begins a new match, with the settings as they are now. */
  restart() {
    this.stop("restarted");
    if (this.rules.twoPlayers !== this.state.rules.twoPlayers) this.series = new Series(); // others play
    this.start();
  }

  /** Ends the match, and closes the source. */
  quit() {
    this.stop("quit");
    this.source?.close();
    this.source = null;
  }

  /** Continues: begins a match or the next round, or ends a pause. */
  press() {
    const {now} = this.clock;
    if (!this.source || this.clock.stopped !== null) return;
    if (this.state.phase === "over") this.start();
    if (this.state.phase === "ready") this.begin(now);
    else this.state = skipPause(this.state, now);
  }

  /** To be called before each screen: advances the match, and asks what the newest frame shows. */
  tick() {
    const {source, clock: {now}} = this;
    if (!source || this.clock.stopped !== null) return;
    source.follow(this.state, now);
    // However slow the recognizer is, a round waits for the frame that it has.
    const {phase} = this.state;
    if (!this.recognizing || (phase !== "countdown" && phase !== "window")) this.step(now);
    const {number} = source.frame;
    if (this.recognizing || this.missesOpening(now) || number === this.taken) return;
    this.taken = number;
    this.recognize(source, now);
  }

  /**
   * Whether the window would open before a frame of this time is recognized: a slow recognizer is
   * idle at that moment, so that the window has at least one frame.
   * @param {number} time
   */
  missesOpening(time) {
    const opening = this.state.phase === "countdown" ? dueOf(this.state) : Infinity;
    return time < opening && time + this.recognizer.latency / 1000 > opening;
  }

  /** @param {Source} source @param {number} time */
  async recognize(source, time) {
    const {view, settings: {twoPlayers}} = this;
    const options = {twoPlayers, swapped: source.mirror, live: source.live, view};
    this.recognizing = true;
    const frame = await createImageBitmap(source.frame.image);
    const {bitmap, hands} = await this.recognizer.recognize(frame, time, options);
    this.recognizing = false;
    const players = this.state.rules.twoPlayers ? 2 : 1;
    if (view !== this.view || hands.length !== players) return bitmap.close();
    this.hands = hands;
    // After a press of a button the frame may be older than what it has begun.
    const counts = time >= this.state.since && this.clock.stopped === null;
    if (counts) this.apply(advance(this.state, {time, hands: hands.map((hand) => hand.probabilities)}));
    if (!counts || this.state.phase !== "window") return bitmap.close();
    this.shot?.close();
    this.shot = bitmap;
  }

  /** Advances the match, and begins what is due. @param {number} now */
  step(now) {
    this.apply(advance(this.state, {time: now, hands: []}));
    const again = this.state.phase === "over" && !this.waiting && this.fist >= 1;
    if (again) this.start();
    if (again || this.mayBegin(now)) this.begin(now);
  }

  /** @param {number} now */
  mayBegin(now) {
    const {state} = this;
    if (state.phase !== "ready" || this.waiting) return false;
    if (!isUntouched(state)) return true;
    return this.fists ? this.fist >= 1 : now - state.since >= DEMO_WAIT;
  }

  /** Lets the computer choose and seal its move, and begins a round. @param {number} time */
  async begin(time) {
    if (this.sealing) return;
    const {rounds, rules} = this.state;
    this.sealing = true;
    const move = chooseMove(this.settings.opponent, [...this.past, ...rounds]);
    const sealed = rules.twoPlayers ? null : await commit(move);
    this.sealing = false;
    if (this.state.phase !== "ready" || this.state.rounds !== rounds) return; // a new match began
    this.apply(beginRound(this.state, sealed, time));
  }

  /** Begins a match. */
  start() {
    const {now} = this.clock;
    const {rules, settings, source} = this;
    this.events = [];
    this.verified = 0;
    this.newRecord = false;
    const opponent = rules.twoPlayers ? "" : settings.opponent;
    const started = this.series.begin(rules, now, opponent, source?.name ?? "");
    this.apply([newState(rules, now), [started]]);
  }

  /** Ends a match that has begun. @param {import("../match/state.js").Ending} ending */
  stop(ending) {
    if (!isUntouched(this.state)) this.apply(stop(this.state, this.clock.now, ending));
  }

  /** @param {import("../match/state.js").Step} step */
  apply([state, events]) {
    this.state = state;
    for (const event of events) {
      this.log.push(toLine(event));
      this.events.push(event);
      if (event.event === "match_over") this.end(event);
    }
  }

  /** @param {Event} over */
  end(over) {
    const {state, events} = this;
    this.series.end(over);
    if (!state.rules.twoPlayers) {
      this.past = [...this.past, ...state.rounds].slice(-MOST_ROUNDS);
      this.record(scoreOf(state).left);
      countVerified(events).then((count) => (this.verified = count));
    }
    this.onOver();
  }

  /** Keeps a record; a first timed match has nothing to beat. @param {number} won */
  record(won) {
    const {mode} = this.state.rules;
    const before = this.records[mode] ?? 0;
    if (mode === "classic" || won <= before) return;
    this.newRecord = mode === "survival" || before > 0;
    this.records = {...this.records, [mode]: won};
  }
}
