/** A whole match in Chromium, played by a simulated person in front of a simulated camera. */

import assert from "node:assert/strict";
import {execFileSync, spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";

import {python, pythonPath} from "../../tools/python.js";
import {browserPath, latencyOf, open, screenshots, serve, slowDown} from "./harness.js";

const skip = browserPath ? false : "Chromium is not installed";
const MOVES = ["rock", "paper", "scissors", "paper"]; // two draws, then two wins
const folder = mkdtempSync(join(tmpdir(), "rps-web-"));
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

/**
 * Runs in the page: its camera shows a person who does what the screen asks for. Only such a person stays
 * with a match on a machine that is slow now and then.
 * @param {{frames: Record<string, string>, moves: string[]}} player images by name as PNG in Base64, and
 *   what is shown in each round
 */
function simulatePlayer({frames, moves}) {
  const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 480});
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Record<string, ImageBitmap>} */
  const images = {};
  let [shown, rounds, shooting] = ["none", 0, false];
  const visible = (/** @type {string} */ selector) => document.querySelector(selector)?.checkVisibility();
  function act() {
    const shoot = visible("#beats") && document.getElementById("headline")?.textContent === "shoot!";
    if (shoot && !shooting) rounds += 1;
    shooting = Boolean(shoot);
    if (shoot) shown = moves[Math.min(rounds, moves.length) - 1];
    else if (visible("#go") || visible("#beats")) shown = "rock";
    else if (visible(".winner, .card.draw")) shown = "none"; // begins the next round
    context.drawImage(images[shown], 0, 0);
    requestAnimationFrame(act);
  }
  navigator.mediaDevices.getUserMedia = async () => {
    for (const [name, png] of Object.entries(frames)) {
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      images[name] = await createImageBitmap(new Blob([bytes]));
    }
    act();
    return canvas.captureStream(30);
  };
}

test("a match by camera", {skip}, async (context) => {
  const latency = await measure();
  // A machine that stands still for a second leaves enough of the time in which a move is read.
  const slow = Math.max(2, Math.ceil(latency / 100));
  context.diagnostic(`${Math.round(latency)} ms for a frame; the match is played ${slow} times slower`);
  execFileSync(python, [join(import.meta.dirname, "draw_hands.py"), folder], {env: pythonPath});
  const read = (/** @type {string} */ name) => [name, readFileSync(join(folder, `${name}.png`), "base64")];
  const frames = Object.fromEntries(["rock", "paper", "scissors", "none"].map(read));

  const browser = await open();
  context.after(() => browser.close());
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  await slowDown(page, slow);
  await page.addInitScript(simulatePlayer, {frames, moves: MOVES});
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
  const counts = events.filter(({event}) => event === "move_seen").map((event) => event.frames);
  context.diagnostic(`frames in the windows: ${counts.join(", ")}`);
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
