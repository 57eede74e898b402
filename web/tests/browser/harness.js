/** Serves the built page as a plain file server does, and opens it in Chromium. */

import {createReadStream, existsSync, mkdirSync, statSync} from "node:fs";
import {createServer} from "node:http";
import {extname, join, normalize} from "node:path";

import {chromium} from "playwright-core";

const DIST = join(import.meta.dirname, "../../dist");
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
};
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is; undefined if it is not installed. */
export const browserPath = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));

/**
 * Serves the page: the paths that were asked for are in `requests`, those that were sent in `sent`
 * with the time, and missing ones can be added.
 */
export async function serve() {
  /** @type {string[]} */
  const requests = [];
  /** @type {Set<string>} */
  const missing = new Set();
  /** @type {Map<string, number>} */
  const sent = new Map();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    requests.push(path);
    response.on("finish", () => sent.set(path, Date.now()));
    const file = join(DIST, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file) || [...missing].some((name) => path.includes(name))) {
      response.writeHead(404).end();
      return;
    }
    const {mtime} = statSync(file);
    const known = request.headers["if-modified-since"];
    mtime.setMilliseconds(0);
    const headers = {
      "content-type": TYPES[/** @type {keyof typeof TYPES} */ (extname(file))] ?? "application/octet-stream",
      "last-modified": mtime.toUTCString(),
    };
    if (known && new Date(known) >= mtime) response.writeHead(304, headers).end();
    else createReadStream(file).pipe(response.writeHead(200, headers));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const {port} = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return {url: `http://localhost:${port}/`, requests, sent, missing, close};
}

/** Opens Chromium. @param {string[]} flags */
export function open(flags = []) {
  return chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-gpu", ...flags],
  });
}

/**
 * Makes the page's clock slower, so that a slow machine can test what needs a certain pace.
 * @param {import("playwright-core").Page} page @param {number} factor
 */
export const slowDown = (page, factor) =>
  page.addInitScript((/** @type {number} */ times) => {
    const now = performance.now.bind(performance);
    performance.now = () => now() / times;
  }, factor);

/**
 * How many milliseconds a frame takes in the game that a page shows: a running mean.
 * @param {import("playwright-core").Page} page
 */
export async function latencyOf(page) {
  await page.keyboard.press("d");
  const text = await page.waitForFunction(() => document.querySelector("#details:not([hidden])")?.textContent);
  return Number(/\d+/.exec(await text.jsonValue())?.[0]);
}

/**
 * Takes screenshots of a page, if $SCREENSHOTS is a folder for them.
 * @param {import("playwright-core").Page} page @param {string} prefix
 */
export function screenshots(page, prefix) {
  const folder = process.env.SCREENSHOTS;
  if (folder) mkdirSync(folder, {recursive: true});
  return async (/** @type {string} */ name) => {
    if (folder) await page.screenshot({path: join(folder, `${prefix}-${name}.png`)});
  };
}
