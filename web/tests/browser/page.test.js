/** What the page does in Chromium apart from playing: problems, accessibility, offline, layouts. */

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {after, before, test} from "node:test";
import {fileURLToPath} from "node:url";

import {browserPath, open, screenshots, serve, slowDown} from "./harness.js";

const skip = browserPath ? false : "Chromium is not installed";
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const SIZES = {
  desktop: {width: 1280, height: 800},
  phone: {width: 390, height: 844},
  "phone-sideways": {width: 844, height: 390},
  small: {width: 320, height: 568},
};
const WAIT = {timeout: 120_000};
const FAKE_CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];
const BUSY = ["The camera does not answer", /Another program/];
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => (server = await serve()));
after(() => server.close());

/**
 * Opens the page in a browser of its own, which is closed after the test.
 * @param {import("node:test").TestContext} context @param {string[]} flags
 * @param {import("playwright-core").BrowserContextOptions} options
 * @param {(page: import("playwright-core").Page) => Promise<unknown>} prepare @param {string} url
 */
async function load(context, flags = [], options = {}, prepare = async () => {}, url = server.url) {
  const browser = await open(flags);
  context.after(() => browser.close());
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(WAIT.timeout);
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  context.after(() => assert.deepEqual(errors, []));
  await prepare(page);
  await page.goto(url);
  return page;
}

/** @param {import("playwright-core").Page} page */
async function problemOf(page) {
  await page.waitForSelector("#problem[open]", WAIT);
  return [await page.textContent("#problem-title"), await page.textContent("#problem-line")];
}

/** Waits until what the page has computed so far is shown. @param {import("playwright-core").Page} page */
const screenShown = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Asserts that axe-core finds nothing. @param {import("playwright-core").Page} page */
async function assertAccessible(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate("axe.run()");
  assert.deepEqual(violations.map(({id, nodes}) => [id, nodes.map(({html}) => html)]), []);
}

for (const [name, flags, script, words] of [
  // With scripts that run in the page, before its own.
  ["no camera", ["--use-fake-ui-for-media-stream"], null, ["No camera was found", /Plug one in/]],
  ["camera denied", ["--use-fake-device-for-media-stream"], null, ["The camera is not allowed", /Allow it/]],
  [
    "camera in use",
    [],
    () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotReadableError"));
    },
    BUSY,
  ],
  [
    "camera lost while it is opened",
    FAKE_CAMERA,
    () => {
      const media = navigator.mediaDevices;
      const open = media.getUserMedia.bind(media);
      media.getUserMedia = async (options) => {
        const stream = await open(options);
        for (const track of stream.getTracks()) track.stop();
        return stream;
      };
    },
    BUSY,
  ],
  ["cameras switched off in the browser", [], () => Object.defineProperty(navigator, "mediaDevices", {}), BUSY],
]) {
  test(`${name}: says so, and shows the demo instead`, {skip}, async (context) => {
    const page = await load(context, flags, {}, async (page) => {
      if (script) await page.addInitScript(script);
    });
    await page.click("#play:enabled");
    const [title, line] = await problemOf(page);
    assert.equal(title, words[0]);
    assert.match(line ?? "", words[1]);
    await assertAccessible(page);
    for (let n = 0; n < 4; n++) await page.keyboard.press("Escape", {delay: 50});
    await page.click("#retry");
    assert.equal((await problemOf(page))[0], words[0]);
    await page.click("#demo");
    await page.waitForSelector("#game:not([hidden])", WAIT);
  });
}

test("the match and keys wait while another camera opens", {skip, ...WAIT}, async (context) => {
  const page = await load(context, FAKE_CAMERA, {}, (page) =>
    page.addInitScript(() => {
      const media = navigator.mediaDevices;
      const open = media.getUserMedia.bind(media);
      const allowed = new Promise((resolve) => addEventListener("allowed", resolve));
      let count = 0;
      media.getUserMedia = async (options) => {
        document.body.dataset.opened = String((count += 1));
        if (count > 1) await allowed;
        return open(options);
      };
      // Reading a frame takes so long that the camera that is closed always has another one.
      const read = createImageBitmap;
      window.createImageBitmap = async (/** @type {[any]} */ ...words) => {
        const bitmap = await read(...words);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return bitmap;
      };
    }),
  );
  await page.click("#play:enabled");
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
  await page.waitForSelector("#game:not([hidden])"); // before, keys do nothing
  for (const key of "cqc") await page.keyboard.press(key);
  await page.waitForTimeout(500);
  assert.equal(await page.getAttribute("body", "data-opened"), "2");
  assert(await page.isVisible("#game"));
  assert(!(await page.isVisible("#problem")));
  await page.evaluate(() => dispatchEvent(new Event("allowed")));
  // Nothing on the page says when the camera is open: until then, it ignores keys.
  while (!(await page.isVisible("#welcome"))) await page.keyboard.press("q");
  assert.equal(await page.locator("video").count(), 0, "a camera is still open");
});

test("an address without https: says so", {skip}, async (context) => {
  const url = server.url.replace("localhost", "game.test");
  const page = await load(context, ["--host-resolver-rules=MAP game.test 127.0.0.1"], {}, undefined, url);
  assert.equal((await problemOf(page))[0], "This address is not secure");
});

for (const missing of [".onnx", "worker-"]) {
  test(`a missing file, ${missing}: says so, and loads it when it is there`, {skip}, async (context) => {
    server.missing.add(missing);
    context.after(() => server.missing.clear());
    const page = await load(context);
    assert.equal((await problemOf(page))[0], "The game could not be loaded");
    server.missing.clear();
    await page.click("#retry");
    await page.waitForSelector("#play:enabled", WAIT);
  });
}

test("a fault while playing: says so, and loads the page again", {skip}, async (context) => {
  const page = await load(context);
  await page.click("#watch:enabled");
  await page.waitForSelector("#beats:not([hidden])", WAIT);
  await page.evaluate(() => document.getElementById("headline")?.remove()); // it can draw no longer
  assert.equal((await problemOf(page))[0], "The game could not be loaded");
  await page.click("#retry");
  await page.waitForSelector("#play:enabled", WAIT);
});

test("plays without sound where it cannot start", {skip}, async (context) => {
  const page = await load(context, [], {}, (page) =>
    page.addInitScript(() => {
      AudioContext.prototype.resume = () => Promise.reject(new DOMException("", "InvalidStateError"));
    }),
  );
  await page.click("#watch:enabled");
  await page.waitForSelector("#beats:not([hidden])", WAIT);
  assert(!(await page.isVisible("#problem")));
});

test("the match stands still while the page is hidden", {skip}, async (context) => {
  const page = await load(context);
  const hide = (/** @type {boolean} */ hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", {value, configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await page.click("#watch:enabled");
  await page.waitForSelector("#beats:not([hidden])", WAIT);
  await hide(true);
  await page.waitForTimeout(200);
  await screenShown(page);
  const word = await page.textContent("#headline");
  await page.waitForTimeout(4000); // longer than what is left of the round
  assert.equal(await page.textContent("#headline"), word);
  await hide(false);
  await page.waitForFunction((before) => document.getElementById("headline")?.textContent !== before, word);
});

test("works without a connection after the first visit", {skip}, async (context) => {
  const own = await serve();
  // Of an earlier version, and of another copy of the game on the same host.
  const [old, other] = [`rps-game ${own.url} 1`, `rps-game ${own.url}other/ 1`];
  const openCaches = (/** @type {string[]} */ names) => names.forEach((name) => caches.open(name));
  const page = await load(context, [], {}, (page) => page.addInitScript(openCaches, [old, other]), own.url);
  await page.waitForSelector("#play:enabled", WAIT);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async (name) => !(await caches.has(name)), old);
  assert(await page.evaluate((name) => caches.has(name), other));
  await page.reload(); // from now on the service worker answers
  await page.waitForSelector("#play:enabled", WAIT);
  await own.close();
  for (const name of ["", "index.html"]) {
    await page.goto(own.url + name);
    await page.waitForSelector("#play:enabled", WAIT);
  }
  await page.click("#watch");
  await page.waitForSelector("#game:not([hidden])", WAIT);
});

test("settings are kept, and deleted", {skip}, async (context) => {
  const page = await load(context, [], {locale: "de-DE"}, (page) => slowDown(page, 30));
  await page.click("#watch:enabled");
  assert.equal(await page.textContent("#play"), "Spielen");
  await page.click("#menu");
  await page.locator("#choices select").first().selectOption({index: 1});
  await page.locator("#choices select").last().selectOption("en");
  await page.waitForFunction(() => document.getElementById("settings-title")?.textContent === "settings");
  await page.locator("#settings .close").click();
  assert.equal((await page.textContent("#above")) ?? "", "survival");
  await page.reload();
  await page.click("#watch:enabled");
  assert.equal(await page.textContent("#play"), "Play");
  await page.waitForFunction(() => document.getElementById("above")?.textContent === "survival");
  await page.click("#menu");
  await page.click("#delete");
  await page.waitForFunction(() => document.getElementById("history")?.textContent === "Deleted.");
  await page.reload();
  await page.waitForSelector("#play:enabled", WAIT);
  assert.equal(await page.textContent("#play"), "Spielen");
});

test("the last of several languages is shown, with the focus where it was", {skip}, async (context) => {
  const page = await load(context, [], {}, (page) =>
    page.route("**/texts/de.json", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await route.continue();
    }),
  );
  const title = page.locator("#settings-title");
  const choice = page.locator("#choices select").last();
  await page.click("#watch:enabled");
  await page.click("#menu");
  await choice.focus();
  const arrived = page.waitForResponse(/de\.json/);
  await choice.selectOption("de");
  await choice.selectOption("fr");
  await page.waitForFunction(() => document.documentElement.lang === "fr");
  await arrived;
  await page.waitForTimeout(500);
  assert.equal(await page.getAttribute("html", "lang"), "fr");
  assert.equal(await title.textContent(), "réglages");
  assert(await choice.evaluate((select) => select === document.activeElement), "the focus is lost");

  await choice.selectOption("de");
  await page.locator("#settings .close").click();
  await page.waitForFunction(() => document.documentElement.lang === "de");
  await page.waitForTimeout(500);
  assert(!(await page.isVisible("#settings")), "the settings are shown again");
});

for (const [name, viewport] of Object.entries(SIZES)) {
  test(`${name}: accessible, and everything is inside the screen`, {skip}, async (context) => {
    const touch = name !== "desktop";
    const locale = name === "small" ? "ja-JP" : "en-US"; // the widest letters
    const options = {viewport, locale, hasTouch: touch, isMobile: touch};
    const page = await load(context, [], options, (page) => slowDown(page, 30)); // time to look
    const picture = screenshots(page, name);
    await page.waitForSelector("#play:enabled", WAIT);
    await assertAccessible(page);
    await picture("welcome");
    await page.click("#watch");
    await page.waitForSelector(".meters div", WAIT);
    await assertInside(page, ["#left-name", "#right-name", "#above", "#left-card", "#right-card", "#headline", "#go", "#menu", "#help-button"]);
    const [cards, headline] = [await page.locator("#cards").boundingBox(), await page.locator("#headline").boundingBox()];
    assert(cards && headline && cards.y + cards.height <= headline.y + 1, "the headline covers a card");
    await assertAccessible(page);
    await picture("title");
    await page.click("#menu");
    await assertAccessible(page);
    await picture("settings");
    await page.locator("#settings .close").click();
    await page.click("#help-button");
    await assertAccessible(page);
    await picture("help");
    assert.equal(await page.locator("#keys dt svg").count(), touch ? 3 : 0); // buttons or keys
  });
}

/**
 * Asserts that elements are inside the screen.
 * @param {import("playwright-core").Page} page @param {string[]} selectors
 */
async function assertInside(page, selectors) {
  const {width, height} = page.viewportSize() ?? {width: 0, height: 0};
  for (const selector of selectors) {
    const box = await page.locator(selector).boundingBox();
    assert(box, selector);
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width + 1 && box.y + box.height <= height + 1;
    assert(inside, `${selector}: ${JSON.stringify(box)}`);
  }
}
