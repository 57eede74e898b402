/** Prints what a first visit of the built page loads, in MB: node tests/size.js */

import {readdirSync, readFileSync} from "node:fs";
import {extname, join} from "node:path";
import {gzipSync} from "node:zlib";

const DIST = join(import.meta.dirname, "../dist");
const KINDS = {".wasm": "WebAssembly", ".onnx": "models"};
const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

/** @type {Record<string, {raw: number, compressed: number}>} */
const sizes = {};
for (const entry of readdirSync(DIST, {recursive: true, withFileTypes: true})) {
  if (!entry.isFile()) continue;
  const content = readFileSync(join(entry.parentPath, entry.name));
  const compressed = Math.min(content.length, gzipSync(content).length);
  for (const kind of [KINDS[/** @type {keyof typeof KINDS} */ (extname(entry.name))] ?? "the rest", "all"]) {
    sizes[kind] ??= {raw: 0, compressed: 0};
    sizes[kind].raw += content.length;
    sizes[kind].compressed += compressed;
  }
}
for (const [kind, {raw, compressed}] of Object.entries(sizes)) {
  console.log(`${kind}: ${megabytes(compressed)} MB by the wire with gzip, ${megabytes(raw)} MB on the disk`);
}
