/** A whole match in Chromium, in front of a camera that plays a video of drawn hands. */

import assert from "node:assert/strict";
import {execFileSync, spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";

import {python, pythonPath} from "../../tools/python.js";
import {browserPath, fakeCamera, latencyOf, open, screenshots, serve, slowDown} from "./harness.js";

const skip = browserPath ? false : "Chromium is not installed";
const MOVES = ["rock", "paper", "scissors", "paper"]; // two draws, then two wins
const folder = mkdtempSync(join(tmpdir(), "rps-web-"));
const video = join(folder, "hands.y4m");
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => (server = await serve()));
after(async () => {
  await server.close();
  rmSync(folder, {recursive: true});
});

/** How many milliseconds a frame takes here, in the demo. */
async function measure() {
  const browser = await open();
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  await page.goto(server.url);
  await page.click("#watch", {timeout: 120_000}); // waits until it is enabled
  await page.waitForSelector("#game:not([hidden])", {timeout: 120_000});
  await page.waitForTimeout(6000);
  const latency = await latencyOf(page);
  await browser.close();
  return latency;
}

test("a match by camera", {skip}, async (context) => {
  const latency = await measure();
  const slow = Math.max(1, Math.ceil(latency / 120)); // the video does not wait for slow frames
  context.diagnostic(`${Math.round(latency)} ms for a frame; the match is played ${slow} times slower`);
  const script = join(import.meta.dirname, "make_video.py");
  execFileSync(python, [script, video, String(slow), ...MOVES], {env: pythonPath});

  const browser = await open(fakeCamera(video));
  context.after(() => browser.close());
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  await slowDown(page, slow);
  await page.addInitScript(() => {
    // The computer's moves are the same in every run of this test.
    let state = 1;
    crypto.getRandomValues = (array) => {
      const bytes = new Uint8Array(array.buffer);
      for (let n = 0; n < bytes.length; n++) {
        state = (state * 48271) % 2147483647;
        bytes[n] = state >> 8;
      }
      return array;
    };
  });
  await page.goto(server.url);
  await page.waitForSelector("#play:enabled", {timeout: 120_000});
  await page.evaluate(() => navigator.serviceWorker.ready);
  const before = server.requests.length;
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const pictures = screenshots(page, "match");

  await page.click("#play");
  await page.waitForSelector("#beats:not([hidden])", {timeout: slow * 30_000});
  await pictures("countdown");
  await page.waitForSelector(".winner, .card.draw", {timeout: slow * 30_000});
  await pictures("result");
  await page.waitForSelector("#final:not([hidden])", {timeout: slow * 90_000});
  await page.waitForFunction(() => document.getElementById("verified")?.textContent);
  await pictures("end");

  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const log = join(folder, "log.jsonl");
  await download.saveAs(log);
  const events = readFileSync(log, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const seen = events.filter(({event}) => event === "move_seen").map(({gesture}) => gesture);
  const frames = events.filter(({event}) => event === "move_seen").map((event) => event.frames);
  context.diagnostic(`frames in the windows: ${frames.join(", ")}`);
  const reasons = events.filter(({event}) => event === "repeated").map(({reason}) => reason);
  assert.deepEqual(reasons, []);
  assert.deepEqual(seen, MOVES);
  const over = events.at(-1);
  assert.deepEqual([over.event, over.complete, over.ending], ["match_over", true, "decided"]);
  // Apart from the log, which is saved, and the icon of the tab, which Chromium loads when it likes.
  const sent = [...asked, ...server.requests.slice(before)].filter((url) => !/^blob:|icon-192/.test(url));
  assert.deepEqual(sent, [], "something was asked for in the match");

  const check = ["-m", "rps_game.play", "--verify", log];
  const verified = spawnSync(python, check, {env: pythonPath, encoding: "utf8"});
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  const broken = events.map((event) => (event.event === "reveal" ? {...event, move: "none"} : event));
  writeFileSync(log, broken.map((event) => JSON.stringify(event)).join("\n"));
  assert.equal(spawnSync(python, check, {env: pythonPath}).status, 1);
});
