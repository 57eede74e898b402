/**
 * Prints how fast the built page is in Chromium, while it shows the demo. Only on an idle machine do
 * the numbers mean anything: node tests/browser/speed.js
 */

import {latencyOf, open, serve} from "./harness.js";

const SECONDS = 20;

const server = await serve();
const browser = await open();
const page = await browser.newPage({viewport: {width: 1280, height: 800}, serviceWorkers: "block"});
await page.goto(server.url);
await page.waitForSelector("#play:enabled", {timeout: 120_000});
const large = [...server.sent].filter(([path]) => /wasm|onnx/.test(path)).map(([, time]) => time);
console.log(`playable ${((Date.now() - Math.max(...large)) / 1000).toFixed(1)} s after the models were sent`);

await page.click("#watch");
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
  return gaps.sort((a, b) => a - b);
}, SECONDS);
const slowest = gaps[Math.floor(0.99 * gaps.length)];
console.log(`${(gaps.length / SECONDS).toFixed(1)} screens per second; 99% within ${slowest.toFixed(0)} ms`);
console.log(`${await latencyOf(page)} ms for a frame`);
await browser.close();
await server.close();
