/** Plays matches: connects a source, the recognizer, an opponent and the rules. No screen. */

import {advance, beginRound, skipPause, stop} from "../match/machine.js";
import {chooseMove} from "../match/opponents.js";
import {makeRules} from "../match/rules.js";
import {commit, countVerified} from "../match/seals.js";
import {Series, toLine} from "../match/series.js";
import {deadlineOf, isUntouched, newState, scoreOf} from "../match/state.js";
import {fistProgress} from "../match/triggers.js";
import {Clock} from "./clock.js";

/** @typedef {import("../match/state.js").State} State */
/** @typedef {import("../match/state.js").Event} Event */
/** @typedef {import("../match/moves.js").Round} Round */
/** @typedef {import("../recognition/worker.js").Answer} Answer */
/** @typedef {import("../sources/camera.js").Camera | import("../sources/demo.js").Demo} Source */
/** @typedef {import("./settings.js").Settings} Settings */

/** The best results of survival and timed matches. @typedef {Record<string, number>} Records */

const DEMO_WAIT = 2.5; // seconds after which a demo begins
const STALLED = 0.5; // seconds without a frame after which the match goes on without one
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
    /** @type {import("../match/state.js").Commitment | null} for the next round */
    this.prepared = null;
    /** @type {Answer | null} what was recognized in the latest frame */
    this.latest = null;
    /** @type {Answer | null} the frame in which the last move was seen */
    this.shot = null;
    this.verified = 0;
    this.newRecord = false;
    this.busy = false;
    this.waiting = false; // while something is read, no round begins
    this.wanted = false; // whether a round is to begin as soon as the computer's move is sealed
    /** @type {Round[] | null} the rounds after which a move is being chosen */
    this.preparing = null;
    this.seen = 0; // when the match last advanced
    this.view = 0;
    /** @type {() => void} called after each match */
    this.onOver = () => {};
    /** @type {(error: unknown) => void} */
    this.onError = () => {};
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
    this.latest = null;
    this.seen = this.clock.now;
    if (other || isUntouched(this.state)) this.restart();
  }

  /** Begins a new match, with the settings as they are now. */
  restart() {
    const {twoPlayers} = this.state.rules;
    if (this.events.length && !isUntouched(this.state)) {
      this.apply(stop(this.state, this.clock.now, "restarted"));
    }
    if (this.rules.twoPlayers !== twoPlayers) this.series.reset();
    this.start();
  }

  /** Ends the match, and closes the source. */
  quit() {
    if (!isUntouched(this.state)) this.apply(stop(this.state, this.clock.now, "quit"));
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
    this.prepare();
  }

  /** To be called before each screen: asks for what the newest frame shows. */
  tick() {
    const {source, clock: {now}} = this;
    if (!source || this.clock.stopped !== null) return;
    source.follow(this.state, now);
    if (now - this.seen > STALLED) this.step(now, []);
    const {image, width} = source.frame;
    if (this.busy || !width || !source.takeFresh()) return;
    this.busy = true;
    this.recognize(source, image, now)
      .catch((error) => this.onError(error))
      .finally(() => (this.busy = false));
  }

  /**
   * @param {Source} source @param {HTMLVideoElement | HTMLCanvasElement} image @param {number} time
   */
  async recognize(source, image, time) {
    const {view, settings: {twoPlayers}} = this;
    const options = {twoPlayers, swapped: source.mirror, live: source.live, view};
    const bitmap = await createImageBitmap(image);
    const answer = await this.recognizer.recognize(bitmap, time, options);
    const players = this.state.rules.twoPlayers ? 2 : 1;
    if (view !== this.view || answer.hands.length !== players) return answer.bitmap.close();
    if (this.latest !== this.shot) this.latest?.bitmap.close();
    this.latest = answer;
    if (time < this.seen || this.clock.stopped !== null) return;
    this.step(time, answer.hands.map(({probabilities}) => probabilities));
    if (this.state.phase === "window") {
      if (this.shot !== answer) this.shot?.bitmap.close();
      this.shot = answer;
    }
  }

  /**
   * Advances the match: first the clock, then what the frame shows.
   * @param {number} time
   * @param {import("../match/voting.js").Vote[]} hands none if there is no frame
   */
  step(time, hands) {
    this.seen = time;
    if (this.mayBegin(time)) this.begin(time);
    this.apply(advance(this.state, {time, hands: []}));
    this.apply(advance(this.state, {time, hands}));
    if (this.state.phase === "over" && this.fist >= 1) {
      this.start();
      this.prepare(true);
    }
  }

  /** @param {number} time */
  mayBegin(time) {
    const {state} = this;
    if (state.phase !== "ready" || this.waiting || time >= deadlineOf(state)) return false;
    if (this.wanted || !isUntouched(state)) return true;
    return this.fists ? this.fist >= 1 : time - state.since >= DEMO_WAIT;
  }

  /** @param {number} time */
  begin(time) {
    const {twoPlayers} = this.state.rules;
    this.wanted = !twoPlayers && !this.prepared;
    if (this.wanted) return;
    const {prepared} = this;
    this.prepared = null;
    this.apply(beginRound(this.state, twoPlayers ? null : prepared, time));
  }

  /** Begins a match. */
  start() {
    const {now} = this.clock;
    const {rules, settings, source} = this;
    this.events = [];
    this.verified = 0;
    this.newRecord = false;
    this.wanted = false;
    this.prepared = null;
    const opponent = rules.twoPlayers ? "" : settings.opponent;
    const started = this.series.begin(rules, now, opponent, source?.name ?? "");
    this.apply([newState(rules, now), [started]]);
  }

  /**
   * Lets the computer choose its next move, and seals it.
   * @param {boolean} wanted whether the round is to begin at once
   */
  async prepare(wanted = false) {
    const {state, settings} = this;
    this.wanted ||= wanted;
    if (state.rules.twoPlayers || this.prepared || this.preparing === state.rounds) return;
    this.preparing = state.rounds; // another array after each round
    const prepared = await commit(chooseMove(settings.opponent, [...this.past, ...state.rounds]));
    if (this.preparing !== state.rounds) return;
    this.preparing = null;
    this.prepared = prepared;
  }

  /** @param {import("../match/state.js").Step} step */
  apply([state, events]) {
    this.state = state;
    for (const event of events) {
      this.log.push(toLine(event));
      this.events.push(event);
      if (event.event === "match_over") this.end(event);
    }
    if (state.phase === "ready" || state.phase === "reveal" || state.phase === "repeat") {
      this.prepare();
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
