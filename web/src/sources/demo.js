/** Animated players for those without a camera: they shake a fist in time, then show a move. */

import {beat} from "../match/machine.js";
import {MOVES} from "../match/moves.js";
import {shootOf} from "../match/state.js";
import {loadHands, loadImage} from "../ui/hands.js";

/** @typedef {import("../match/moves.js").Move} Move */
/** @typedef {import("../match/state.js").State} State */

const WIDTH = 640;
const HEIGHT = 480;
const SIDE = 600; // of the square that a hand is drawn in; its lower edge stays below the frame
const TOP = -30; // of this square when the hand is at rest
const SHAKE = 60; // pixels that the fist rises on each beat
const OPENING = 0.12; // seconds from fist to move
const HOLDING = 1.6; // seconds that the move is still shown after the window
const INTERVAL = 1 / 30;
const PLAYERS = 4;

/** @param {number} count */
const random = (count) => Math.floor(Math.random() * count);

export class Demo {
  live = false;
  mirror = false;
  name = "demo";
  /** @type {() => void} */
  onLost = () => {};

  constructor() {
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, {width: WIDTH, height: HEIGHT});
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {{scene: HTMLImageElement, hand: import("../ui/hands.js").Opening}[]} */
    this.looks = [];
    this.look = random(PLAYERS);
    /** @type {Move} */
    this.move = "rock";
    this.round = -1; // when it began
    this.drawn = -Infinity;
    this.fresh = false;
  }

  /** Loads the drawings. */
  async open() {
    this.looks = await Promise.all(
      Array.from({length: PLAYERS}, async (_, number) => {
        const name = `made/demo/${number}`;
        const [scene, hand] = await Promise.all([loadImage(`${name}-scene`), loadHands(name)]);
        return {scene, hand};
      }),
    );
  }

  close() {}

  get frame() {
    return {image: this.canvas, width: WIDTH, height: HEIGHT};
  }

  takeFresh() {
    const {fresh} = this;
    this.fresh = false;
    return fresh;
  }

  /**
   * Draws the player at this moment of the match, 30 times a second.
   * @param {State} state @param {number} time
   */
  follow(state, time) {
    if (time - this.drawn < INTERVAL) return;
    [this.drawn, this.fresh] = [time, true];
    if (state.phase === "countdown" && state.since !== this.round) {
      this.round = state.since;
      this.move = MOVES[random(MOVES.length)];
      this.look = (this.look + 1) % PLAYERS;
    }
    const {context} = this;
    const [openness, height] = pose(state, time);
    const {scene, hand} = this.looks[this.look];
    context.drawImage(scene, 0, 0);
    context.drawImage(hand(this.move, openness), (WIDTH - SIDE) / 2, TOP - height, SIDE, SIDE);
  }
}

/**
 * How far the hand has opened, from 0 to 1, and how high it is held, in pixels.
 * @param {State} state @param {number} time @returns {[number, number]}
 */
function pose(state, time) {
  const since = time - state.since;
  switch (state.phase) {
    case "countdown": {
      const shoot = shootOf(state);
      if (time < shoot) return [0, SHAKE * Math.sin(Math.PI * beat(state, time)[1])];
      return [Math.min(1, (time - shoot) / OPENING), 0];
    }
    case "window":
      return [1, 0];
    case "reveal":
    case "repeat":
      return [1, -Math.max(0, since - HOLDING) * 2 * HEIGHT];
    default:
      return [0, 0];
  }
}
