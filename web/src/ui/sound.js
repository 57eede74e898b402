/** Sounds, made of sine waves and noise as in rps_game/sound; there are no sound files. */

import {beat} from "../match/machine.js";
import {outcome} from "../match/moves.js";
import {isDecided, roundOf, shownRound, winnerOf} from "../match/state.js";

/** @typedef {import("../match/state.js").State} State */

const PEAK = 0.4;
const ATTACK = 0.004;
const RELEASE = 0.01;
const OVERTONES = [1, 0.35, 0.12];
const [F3, A3, C4, D4, E4, G4, A4] = [174.61, 220, 261.63, 293.66, 329.63, 392, 440];
const [C5, E5, G5, C6] = [523.25, 659.26, 783.99, 1046.5];

/** Chords, one after the other: pitches, and length and decay in seconds.
 * @type {Record<string, [number[], number, number?][]>} */
const MELODIES = {
  shoot: [[[C6, G5], 0.24, 0.09]],
  win: [[[C5], 0.09], [[E5], 0.09], [[G5], 0.26]],
  lose: [[[E4], 0.13], [[C4], 0.13], [[A3], 0.3]],
  draw: [[[A4], 0.12], [[A4], 0.2]],
  "match won": [[[G4], 0.12], [[C5], 0.12], [[E5], 0.12], [[C5, E5, G5, C6], 0.9, 0.35]],
  "match lost": [[[G4], 0.18], [[E4], 0.18], [[D4], 0.18], [[F3], 0.55]],
};

export class Sound {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    this.latest = "";
    /** @type {Map<string, AudioBuffer>} */
    this.buffers = new Map();
  }

  /** Allows sound: browsers want a press of a button first. */
  unlock() {
    this.context ??= new AudioContext();
    this.context.resume();
  }

  /**
   * Plays the sound that is due at this moment.
   * @param {State} state @param {number} time @param {boolean} audible @param {boolean} newRecord
   */
  follow(state, time, audible, newRecord) {
    const [name, key] = cueAt(state, time, newRecord);
    if (key === this.latest) return;
    this.latest = key;
    if (name && audible && this.context) this.play(this.context, name);
  }

  /** @param {AudioContext} context @param {string} name */
  play(context, name) {
    const buffer = this.buffers.get(name) ?? makeSound(context, name);
    this.buffers.set(name, buffer);
    const node = new AudioBufferSourceNode(context, {buffer});
    node.connect(context.destination);
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
    return [newRecord || winner === "left" || rules.twoPlayers ? "match won" : "match lost", occasion];
  }
  return ["", occasion];
}

/** @param {BaseAudioContext} context @param {string} name */
function makeSound(context, name) {
  const rate = context.sampleRate;
  const samples = name === "beat" ? knock(rate) : MELODIES[name].flatMap((part) => chord(rate, ...part));
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(Float32Array.from(samples, (value) => (value * PEAK) / loudest), 0);
  return buffer;
}

/**
 * Notes at the same time, which fade by a factor of e every `decay` seconds.
 * @param {number} rate samples per second
 * @param {number[]} pitches @param {number} length @param {number} decay
 */
function chord(rate, pitches, length, decay = length / 2) {
  return Array.from({length: Math.round(length * rate)}, (_, n) => {
    const time = n / rate;
    const edges = Math.min(1, time / ATTACK, (length - time) / RELEASE);
    let sum = 0;
    for (const pitch of pitches) {
      OVERTONES.forEach((strength, k) => {
        sum += strength * Math.sin(2 * Math.PI * pitch * (k + 1) * time);
      });
    }
    return sum * Math.exp(-time / decay) * edges;
  });
}

/** A short knock on wood: a falling tone, and noise when it begins. @param {number} rate */
function knock(rate) {
  return Array.from({length: Math.round(0.09 * rate)}, (_, n) => {
    const time = n / rate;
    const phase = 2 * Math.PI * (330 * time + 6 * (1 - Math.exp(-time / 0.012)));
    const noise = (2 * Math.random() - 1) * Math.exp(-time / 0.004);
    const edges = Math.min(1, time / 0.001, (0.09 - time) / RELEASE);
    return (Math.sin(phase) * Math.exp(-time / 0.025) + 0.35 * noise) * edges;
  });
}
