/** Animated players for those without a camera: they shake a fist in time, then show a move. */

import {beat} from "../match/machine.js";
import {MOVES} from "../match/moves.js";
import {shootOf} from "../match/state.js";
import {loadHands, loadImage} from "../ui/hands.js";

/** @typedef {import("../match/moves.js").Move} Move */
/** @typedef {import("../match/state.js").State} State */

const WIDTH = 640;
const HEIGHT = 480;
const SIDES = [600, 420]; // of the square that one or each of two hands is drawn in
const BOTTOM = HEIGHT + 90; // of this square when the hand is at rest: always below the frame
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

  constructor() {
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, {width: WIDTH, height: HEIGHT});
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {{scene: HTMLImageElement, hand: import("../ui/hands.js").Opening}[]} */
    this.looks = [];
    this.look = random(PLAYERS);
    /** @type {Move[]} */
    this.moves = [];
    this.round = -1; // when it began
    this.drawn = -Infinity;
    this.count = 0; // of frames
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
    return {image: this.canvas, width: WIDTH, height: HEIGHT, number: this.count};
  }

  /**
   * Draws the player at this moment of the match, 30 times a second.
   * @param {State} state @param {number} time
   */
  follow(state, time) {
    if (time - this.drawn < INTERVAL) return;
    this.drawn = time;
    this.count += 1;
    if (state.phase === "countdown" && state.since !== this.round) {
      this.round = state.since;
      this.moves = [0, 1].map(() => MOVES[random(MOVES.length)]);
      this.look = (this.look + 1) % PLAYERS;
    }
    const [openness, height] = pose(state, time);
    const {scene, hand} = this.looks[this.look];
    this.context.drawImage(scene, 0, 0);
    const players = state.rules.twoPlayers ? 2 : 1;
    const side = SIDES[players - 1];
    for (let n = 0; n < players; n++) {
      const left = ((n + 0.5) * WIDTH) / players - side / 2;
      this.context.drawImage(hand(this.moves[n] ?? "rock", openness), left, BOTTOM - side - height, side, side);
    }
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
