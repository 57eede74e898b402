/** Sounds: those of rps_game/sound, as make_assets.py wrote them. */

import {beat} from "../match/machine.js";
import {outcome} from "../match/moves.js";
import {isDecided, roundOf, shownRound, winnerOf} from "../match/state.js";
import {fetchFile} from "../recognition/recognizer.js";

/** @typedef {import("../match/state.js").State} State */

const NAMES = ["beat", "shoot", "win", "lose", "draw", "match-won", "match-lost"];

export class Sound {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    this.latest = "";
    /** @type {Map<string, AudioBuffer>} */
    this.buffers = new Map();
  }

  /** Loads the sounds. */
  async load() {
    const decoder = new OfflineAudioContext(1, 1, 48_000);
    await Promise.all(
      NAMES.map(async (name) => {
        const file = await fetchFile(`made/sounds/${name}.wav`);
        this.buffers.set(name, await decoder.decodeAudioData(await file.arrayBuffer()));
      }),
    );
  }

  /** Allows sound: browsers want a press of a button first. */
  unlock() {
    this.context ??= new AudioContext();
    this.context.resume().catch(console.warn); // Safari may have no audio device: a silent game
  }

  /**
   * Plays the sound that is due at this moment.
   * @param {State} state @param {number} time @param {boolean} audible @param {boolean} newRecord
   */
  follow(state, time, audible, newRecord) {
    const [name, key] = cueAt(state, time, newRecord);
    if (key === this.latest) return;
    this.latest = key;
    const buffer = this.buffers.get(name);
    if (!buffer || !audible || !this.context) return;
    const node = new AudioBufferSourceNode(this.context, {buffer});
    node.connect(this.context.destination);
    node.start();
  }
}

/**
 * The sound of this moment, and what distinguishes the occasion from others.
 * @param {State} state @param {number} time @param {boolean} newRecord
 */
function cueAt(state, time, newRecord) {
  const {phase, rules, attempt} = state;
  const round = `${roundOf(state)} ${attempt} ${state.started}`;
  const occasion = `${phase} ${round}`;
  if (phase === "countdown" || phase === "window") {
    const [index] = beat(state, time);
    return [index < 3 ? "beat" : "shoot", `${index} ${round}`];
  }
  const played = shownRound(state);
  if (played) {
    const ended = outcome(played);
    return [rules.twoPlayers && ended === "lose" ? "win" : ended, occasion]; // one of them has won
  }
  if (phase === "over" && isDecided(state)) {
    const winner = winnerOf(state);
    if (!winner && !newRecord && rules.mode === "timed") return ["draw", occasion];
    return [newRecord || winner === "left" || rules.twoPlayers ? "match-won" : "match-lost", occasion];
  }
  return ["", occasion];
}
