/**
 * Prints how fast the built page is in Chromium, in front of a camera and in the demo. Only on an idle
 * machine do the numbers mean anything: node tests/browser/speed.js
 */

import {open, serve} from "./harness.js";

const SECONDS = 20;
const WARM_UP = 20; // frames

const server = await serve();
const camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=30"];
const browser = await open(camera);

/**
 * Measures in the game that a button starts. @param {string} button
 * @param {boolean} searching whether both networks see each frame, as if no hand had been followed
 */
async function measure(button, searching) {
  const page = await browser.newPage({viewport: {width: 1280, height: 800}, serviceWorkers: "block"});
  await page.addInitScript((searching) => {
    /** @type {number[]} milliseconds from a frame to what it shows */
    const taken = [];
    const post = Worker.prototype.postMessage;
    let view = 0;
    Worker.prototype.postMessage = function (message, transfer) {
      const start = performance.now();
      const note = () => taken.push(performance.now() - start);
      if (message.request) this.addEventListener("message", note, {once: true});
      if (message.request && searching) message.request.options.view = --view;
      return post.call(this, message, transfer);
    };
    Object.assign(globalThis, {taken});
  }, searching);
  await page.goto(server.url);
  await page.waitForSelector("#play:enabled", {timeout: 120_000});
  const large = [...server.sent].filter(([path]) => /wasm|onnx/.test(path)).map(([, time]) => time);
  const loading = (Date.now() - Math.max(...large)) / 1000;
  await page.click(button);
  const gaps = await page.evaluate(async (seconds) => {
    /** @type {number[]} milliseconds from one screen to the next */
    const gaps = [];
    const next = () => new Promise(requestAnimationFrame);
    const start = await next();
    for (let now = start; now - start < 1000 * seconds; ) {
      const before = now;
      now = await next();
      gaps.push(now - before);
    }
    return gaps;
  }, SECONDS);
  /** @type {number[]} */
  const taken = await page.evaluate("taken");
  await page.close();
  return {loading, gaps, taken: taken.slice(WARM_UP)};
}

/** The value below which a share of the others is. @param {number[]} values @param {number} share */
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(share * values.length)];

for (const [name, button, searching] of /** @type {const} */ ([
  ["camera, both networks in each frame", "#play", true],
  ["demo", "#watch", false],
])) {
  const {loading, gaps, taken} = await measure(button, searching);
  const [half, most, screens] = [quantile(taken, 0.5), quantile(taken, 0.9), quantile(gaps, 0.99)];
  console.log(`${name}: playable ${loading.toFixed(1)} s after the models were sent;`);
  console.log(`  a frame takes ${half.toFixed(0)} ms, 90% at most ${most.toFixed(0)} ms;`);
  console.log(`  ${(gaps.length / SECONDS).toFixed(0)} screens per second, 99% within ${screens.toFixed(0)} ms`);
}
await browser.close();
await server.close();
