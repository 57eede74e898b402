/** Confetti for a won match, unless the system asks for less motion. */

import {element} from "./dom.js";

const COLOURS = ["rgb(96 186 245)", "rgb(246 162 64)", "rgb(255 216 72)", "rgb(214 205 240)"];
const PIECES = 120;
const LENGTH = 4; // seconds
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Lets confetti fall over the game. */
export function celebrate() {
  if (calm.matches) return;
  const canvas = /** @type {HTMLCanvasElement} */ (element("confetti"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  canvas.hidden = false;
  Object.assign(canvas, {width: canvas.clientWidth, height: canvas.clientHeight});
  const {width, height} = canvas;
  const size = Math.max(6, width / 90);
  const pieces = Array.from({length: PIECES}, (_, n) => ({
    x: Math.random() * width,
    start: -Math.random() * height,
    speed: height * (0.35 + 0.35 * Math.random()),
    turn: 2 + 6 * Math.random(),
    colour: COLOURS[n % COLOURS.length],
  }));
  const begin = performance.now();
  requestAnimationFrame(function draw(now) {
    const time = (now - begin) / 1000;
    context.clearRect(0, 0, width, height);
    for (const {x, start, speed, turn, colour} of pieces) {
      context.fillStyle = colour;
      const wide = size * Math.cos(turn * time);
      const sway = size * Math.sin(1.5 * time + turn);
      context.fillRect(x + sway - wide / 2, start + speed * time, wide, 0.6 * size);
    }
    canvas.hidden = time >= LENGTH;
    if (time < LENGTH) requestAnimationFrame(draw);
  });
}
