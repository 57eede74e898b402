/** Matches with a player who follows what the screen says, and recognizers of different speeds. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {Game} from "../src/game/game.js";
import {DEFAULTS} from "../src/game/settings.js";
import {shootOf} from "../src/match/state.js";

const SCREEN = 1 / 60; // seconds between two screens
const FRAME = 1 / 30.5; // seconds between two frames of the camera
const REACTION = 0.15; // seconds after "shoot" at which the hand has opened
const MOVES = ["paper", "scissors", "rock"];

let now = 0; // seconds
performance.now = () => 1000 * now;
globalThis.createImageBitmap = async (image) => /** @type {any} */ ({...image, close() {}});

/** A camera before which a person plays: a fist, in time the move, then nothing until the next round. */
class Player {
  name = "camera";
  live = true;
  mirror = true;
  frame = {image: {shown: "none"}, width: 640, height: 480, number: 0};
  interval = FRAME;
  latest = -Infinity; // when the latest frame came
  round = "";
  /** @type {string[]} round by round */
  shown = [];

  /** @param {import("../src/match/state.js").State} state @param {number} time */
  follow(state, time) {
    const {phase, since, attempt, rounds} = state;
    const round = `${rounds.length} ${attempt} ${since}`;
    if (phase === "countdown" && round !== this.round) {
      this.round = round;
      this.shown.push(MOVES[this.shown.length % MOVES.length]);
    }
    const open = phase === "window" || (phase === "countdown" && time >= shootOf(state) + REACTION);
    const away = phase === "reveal" || phase === "repeat" || phase === "over";
    const hand = open ? (this.shown.at(-1) ?? "") : away ? "none" : "rock";
    if (now - this.latest < this.interval) return;
    this.latest = now;
    this.frame = {...this.frame, image: {shown: hand}, number: this.frame.number + 1};
  }

  close() {}
}

/** A recognizer that answers after `latency` seconds what the frame shows. @param {number} latency */
function slowRecognizer(latency) {
  /** @type {{due: number, answer: () => void}[]} */
  const pending = [];
  return {
    latency: 1000 * latency,
    pending,
    recognize: (/** @type {any} */ bitmap) =>
      new Promise((resolve) => {
        const probabilities = {rock: 0, paper: 0, scissors: 0, none: 0, [bitmap.shown]: 1};
        pending.push({due: now + latency, answer: () => resolve({bitmap, hands: [{probabilities}]})});
      }),
  };
}

/**
 * Plays a match until it is over, and returns its events.
 * @param {number} latency seconds for a frame @param {Player} player
 */
async function play(latency, player = new Player()) {
  const recognizer = slowRecognizer(latency);
  const game = new Game(/** @type {any} */ (recognizer), {...DEFAULTS, bestOf: 5}, [], {});
  game.use(/** @type {any} */ (player));
  const end = now + 300;
  while (game.state.ending === null && now < end) {
    game.tick();
    do await new Promise(setImmediate); while (game.sealing);
    now += SCREEN;
    while (recognizer.pending[0]?.due <= now) recognizer.pending.shift()?.answer();
    await new Promise(setImmediate);
  }
  return game.events;
}

for (const latency of [0.03, 0.3, 0.5, 0.7, 1.5]) {
  test(`a match in which a frame takes ${1000 * latency} ms`, async () => {
    const player = new Player();
    const events = await play(latency, player);
    const of = (/** @type {string} */ name) => events.filter(({event}) => event === name);
    assert.deepEqual(of("repeated"), []);
    assert.deepEqual(of("move_seen").map(({gesture}) => gesture), player.shown);
    assert(of("move_seen").every(({frames}) => frames >= Math.min(10, 1 + Math.floor(0.74 / latency))));
    assert(player.shown.length >= 3);
    assert.equal(events.at(-1)?.ending, "decided");
  });
}

test("no match begins while something is read", () => {
  const game = new Game(/** @type {any} */ (slowRecognizer(0.03)), DEFAULTS, [], {});
  game.use(/** @type {any} */ (new Player()));
  game.state = {...game.state, phase: "over", ending: "decided", trigger: {since: -1, armed: true}};
  game.waiting = true;
  game.tick();
  assert.equal(game.state.phase, "over");
  game.waiting = false;
  game.tick();
  assert.notEqual(game.state.phase, "over");
});

test("a match without frames goes on, and is given up", async () => {
  const player = new Player();
  const events = play(0.03, player);
  const follow = player.follow.bind(player);
  player.follow = (state, time) => {
    if (state.phase === "countdown") player.interval = Infinity;
    follow(state, time);
  };
  const repeated = (await events).filter(({event}) => event === "repeated");
  assert.deepEqual(repeated.map(({reason}) => reason), Array(10).fill("no_frames"));
});
