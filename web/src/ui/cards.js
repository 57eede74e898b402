/** The two cards: the camera's view of each player, or the computer's hand. */

import {beat} from "../match/machine.js";
import {MOVES, outcome} from "../match/moves.js";
import {isUntouched, shownRound} from "../match/state.js";
import {mostProbable} from "../match/voting.js";
import {halfRegions} from "../recognition/views.js";
import {element, fillWith, make, setText} from "./dom.js";
import {moveWord, names} from "./words.js";

/** @typedef {import("../game/game.js").Game} Game */
/** @typedef {import("../recognition/image.js").Region} Region */
/** @typedef {import("../recognition/worker.js").RecognizedHand} RecognizedHand */
/** @typedef {import("./words.js").Texts} Texts */
/** From pixels of the frame to those of a card. @typedef {(x: number, y: number) => [number, number]} Placing */

const INK = "rgb(240 243 250)";
const DARK = "rgb(14 17 27)";
const COLOURS = ["rgb(96 186 245)", "rgb(246 162 64)"]; // of the left and the right player
const BONES = [
  [0, 5, 9, 13, 17, 0],
  [0, 1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12],
  [13, 14, 15, 16],
  [17, 18, 19, 20],
];
const FINGERTIPS = [4, 8, 12, 16, 20];
const NO_HAND = 0.5; // probability of no hand above which none is marked
const OPENING = 0.15; // seconds that the computer's hand takes to open
const TITLE_MOVE = 1.1; // seconds for which the title shows each move

export class Cards {
  /** @param {import("./hands.js").Opening} computerHand */
  constructor(computerHand) {
    this.computerHand = computerHand;
    this.cards = ["left", "right"].map((side) => {
      const card = element(`${side}-card`);
      const canvas = /** @type {HTMLCanvasElement} */ (element(`${side}-canvas`));
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const find = (/** @type {string} */ name) =>
        /** @type {HTMLElement} */ (card.querySelector(name));
      /** @type {unknown[]} */
      const drawn = [];
      return {card, canvas, context, chip: find(".chip"), meters: find(".meters"), drawn};
    });
  }

  /**
   * Whether a card's canvas has to be drawn: most screens show the same as the one before.
   * @param {number} side @param {unknown[]} what it depends on
   */
  isNew(side, what) {
    const {canvas: {width, height}, drawn} = this.cards[side];
    const needed = [...what, width, height];
    this.cards[side].drawn = needed;
    return needed.some((each, n) => each !== drawn[n]);
  }

  /** Draws both cards. @param {Game} game @param {Texts} texts */
  show(game, texts) {
    const {state} = game;
    const played = shownRound(state);
    const ended = played && outcome(played);
    this.cards.forEach(({card, canvas}, side) => {
      fitToScreen(canvas);
      const wins = side === 0 ? "win" : "lose";
      card.classList.toggle("winner", ended === wins);
      card.classList.toggle("loser", ended !== null && ended !== "draw" && ended !== wins);
      card.classList.toggle("draw", ended === "draw");
    });
    this.showPlayer(game, texts, 0);
    if (state.rules.twoPlayers) this.showPlayer(game, texts, 1);
    else this.showComputer(game, texts);
  }

  /** @param {Game} game @param {Texts} texts @param {number} side */
  showPlayer(game, texts, side) {
    const {canvas, context, chip, meters} = this.cards[side];
    const {state, source, hands, shot} = game;
    if (!source) return;
    const played = shownRound(state);
    const revealed = played !== null && shot !== null;
    const hand = revealed ? undefined : hands[side];
    const {image, width, height, number} = revealed
      ? {image: shot, width: shot.width, height: shot.height, number: 0}
      : source.frame;
    const {twoPlayers} = state.rules;
    const whole = {left: 0, top: 0, width, height};
    const part = twoPlayers ? halfRegions(width, height, source.mirror)[side] : whole;
    canvas.setAttribute("aria-label", names(state, texts)[side]);

    const word = revealed ? moveWord(texts, side ? played.right : played.left) : "";
    chip.classList.remove("seal"); // of a computer that played before
    chip.title = "";
    setText(chip, word && `${word} ${Math.round(100 * state.confidences[side])}%`);
    showMeters(meters, texts, hand?.probabilities ?? {});
    if (!width || !this.isNew(side, [image, number, hand, source.mirror, twoPlayers])) return;
    const place = drawPart(context, image, part, source.mirror);
    if (!hand) return;
    const foot = meters.offsetHeight * (canvas.width / canvas.clientWidth);
    drawBrackets(context, place, hand.region, foot);
    if (!(hand.probabilities.none > NO_HAND)) drawHand(context, place, hand, COLOURS[side]);
  }

  /** @param {Game} game @param {Texts} texts */
  showComputer({state, clock}, texts) {
    const {canvas, context, chip, meters} = this.cards[1];
    const {width, height} = canvas;
    const time = clock.now;
    const played = shownRound(state);
    let [move, openness, shake] = [/** @type {import("./hands.js").Move} */ ("rock"), 1, 0];
    if (played) [move, openness] = [played.right, Math.min(1, (time - state.since) / OPENING)];
    else if (isUntouched(state)) move = MOVES[Math.floor(time / TITLE_MOVE) % MOVES.length];
    else if (state.phase === "countdown") shake = Math.sin(Math.PI * beat(state, time)[1]);
    const side = Math.min(1.12 * height, 1.5 * width);
    const top = height - side + (0.11 - 0.11 * shake) * side;
    const image = this.computerHand(move, openness);
    if (this.isNew(1, [image, top])) {
      context.clearRect(0, 0, width, height);
      context.drawImage(image, (width - side) / 2, top, side, side);
    }
    canvas.setAttribute("aria-label", texts.computer);

    showMeters(meters, texts, {});
    chip.classList.toggle("seal", !played);
    const seal = state.commitment?.seal ?? "";
    const code = `${texts.sealed.toUpperCase()} ${seal.slice(0, 4)} ${seal.slice(4, 8)} ${seal.slice(8, 12)}`;
    chip.title = seal;
    setText(chip, played ? moveWord(texts, played.right) : seal && code);
  }
}

/** Gives a canvas a pixel for each pixel of the screen. @param {HTMLCanvasElement} canvas */
function fitToScreen(canvas) {
  const scale = Math.min(2, devicePixelRatio);
  const [width, height] = [canvas.clientWidth * scale, canvas.clientHeight * scale].map(Math.round);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
}

/**
 * Covers a canvas with the middle of a part of an image.
 * @param {CanvasRenderingContext2D} context @param {CanvasImageSource} image @param {Region} part
 * @param {boolean} mirror @returns {Placing}
 */
function drawPart(context, image, part, mirror) {
  const {width, height} = context.canvas;
  const scale = Math.max(width / part.width, height / part.height);
  const [wide, high] = [width / scale, height / scale];
  const left = part.left + (part.width - wide) / 2;
  const top = part.top + (part.height - high) / 2;
  context.save();
  if (mirror) context.setTransform(-1, 0, 0, 1, width, 0);
  context.drawImage(image, left, top, wide, high, 0, 0, width, height);
  context.restore();
  return (x, y) => [mirror ? width - (x - left) * scale : (x - left) * scale, (y - top) * scale];
}

/**
 * Marks the corners of where to hold the hand.
 * @param {CanvasRenderingContext2D} context @param {Placing} place @param {Region} region
 * @param {number} foot pixels at the lower edge that something else covers
 */
function drawBrackets(context, place, region, foot) {
  const {width, height} = context.canvas;
  const unit = Math.min(width, height) / 300;
  const edge = 0.06 * Math.min(width, height);
  const corners = [place(region.left, region.top), place(region.left + region.width, region.top + region.height)];
  const xs = corners.map(([x]) => x).sort((a, b) => a - b);
  const [x0, x1] = [Math.max(xs[0], 0) + edge, Math.min(xs[1], width) - edge];
  const y0 = Math.max(corners[0][1], 0) + edge;
  const y1 = Math.min(corners[1][1], height - foot - edge / 2) - edge / 2;
  const arm = 0.16 * Math.min(x1 - x0, y1 - y0);
  for (const [x, y, dx, dy] of [[x0, y0, 1, 1], [x1, y0, -1, 1], [x0, y1, 1, -1], [x1, y1, -1, -1]]) {
    /** @type {[number, number][]} */
    const line = [[x + dx * arm, y], [x, y], [x, y + dy * arm]];
    stroke(context, line, INK, 4 * unit);
  }
}

/**
 * Marks a hand that was found: a frame, its skeleton and its fingertips.
 * @param {CanvasRenderingContext2D} context @param {Placing} place @param {RecognizedHand} hand
 * @param {string} colour
 */
function drawHand(context, place, {box, landmarks}, colour) {
  const unit = Math.min(context.canvas.width, context.canvas.height) / 300;
  const points = landmarks.map(([x, y]) => place(x, y));
  for (const bone of BONES) stroke(context, bone.map((n) => points[n]), INK, 2 * unit);
  for (const tip of FINGERTIPS) {
    stroke(context, [points[tip], points[tip]], colour, 6 * unit);
  }
  const corners = [place(box.left, box.top), place(box.left + box.width, box.top + box.height)];
  const [left, right] = corners.map(([x]) => x).sort((a, b) => a - b);
  const [top, bottom] = corners.map(([, y]) => y);
  const room = 10 * unit;
  context.beginPath();
  context.roundRect(left - room, top - room, right - left + 2 * room, bottom - top + 2 * room, room);
  outline(context, colour, 2 * unit);
}

/**
 * @param {CanvasRenderingContext2D} context @param {[number, number][]} points
 * @param {string} colour @param {number} width
 */
function stroke(context, points, colour, width) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  outline(context, colour, width);
}

/**
 * Draws the path with a dark edge, which keeps it visible on a bright wall.
 * @param {CanvasRenderingContext2D} context @param {string} colour @param {number} width
 */
function outline(context, colour, width) {
  context.lineCap = context.lineJoin = "round";
  [context.strokeStyle, context.lineWidth] = [DARK, width * 1.8];
  context.stroke();
  [context.strokeStyle, context.lineWidth] = [colour, width];
  context.stroke();
}

/**
 * Shows the probabilities of the latest frame as bars.
 * @param {HTMLElement} target @param {Texts} texts
 * @param {Record<string, number>} probabilities none to show nothing
 */
function showMeters(target, texts, probabilities) {
  const labels = Object.keys(probabilities);
  fillWith(target, `${texts.name} ${labels}`, () =>
    labels.map((label) =>
      make("div", {}, [make("dt", {textContent: moveWord(texts, label)}), make("dd")]),
    ),
  );
  const best = mostProbable(probabilities);
  labels.forEach((label, n) => {
    const meter = target.children[n];
    const share = `${Math.round(100 * probabilities[label])}%`;
    meter.classList.toggle("best", label === best);
    const bar = /** @type {HTMLElement} */ (meter.lastElementChild);
    bar.style.setProperty("--share", share);
  });
}
