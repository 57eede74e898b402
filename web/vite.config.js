/** How the page is built: with a content security policy, and a service worker for use offline. */

import {createHash} from "node:crypto";
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join, relative} from "node:path";
import {defineConfig} from "vite";

// Only files of the page itself, and nothing is sent anywhere.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Puts the policy into the page; the development server needs its own scripts. */
const policy = {
  name: "policy",
  transformIndexHtml: (html, {server}) =>
    server ? html.replace(/^.*%CSP%.*\n/m, "") : html.replace("%CSP%", POLICY),
};

/** Writes the service worker, which knows every file of the page. */
const serviceWorker = {
  name: "service-worker",
  apply: "build",
  closeBundle() {
    const dist = join(import.meta.dirname, "dist");
    const files = readdirSync(dist, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile() && entry.name !== "service-worker.js")
      .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
      .sort();
    const hash = createHash("sha256");
    for (const file of files) hash.update(file).update(readFileSync(join(dist, file)));
    const source = readFileSync(join(import.meta.dirname, "src", "service-worker.js"), "utf8");
    const text = source
      .replace("__VERSION__", hash.digest("hex").slice(0, 16))
      .replace('["__FILES__"]', JSON.stringify(["./", ...files.filter((file) => file !== "index.html")]));
    writeFileSync(join(dist, "service-worker.js"), text);
  },
};

export default defineConfig({
  base: "./", // works in any folder of any server
  plugins: [policy, serviceWorker],
  build: {target: "es2022", assetsInlineLimit: 0, modulePreload: {polyfill: false}},
  worker: {format: "es"},
});
