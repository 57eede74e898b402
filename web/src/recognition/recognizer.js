/** Loads the models, and asks the worker about frames. */

/** @typedef {import("./worker.js").Answer} Answer */
/** @typedef {import("./worker.js").Options} Options */

const SMOOTHING = 0.1; // weight of the newest measurement in a running mean

export class Recognizer {
  constructor() {
    this.latency = 0; // milliseconds for a frame, as a running mean
    this.worker = new Worker(new URL("./worker.js", import.meta.url), {type: "module"});
    // It may fail before it is asked anything; the page reports what is rejected.
    this.worker.onerror = ({message}) => Promise.reject(new Error(`the worker failed: ${message}`));
  }

  /**
   * Loads the model files.
   * @param {(share: number) => void} report called with how much has arrived, from 0 to 1
   */
  async load(report) {
    const info = await (await fetchFile("made/model.json")).json();
    let arrived = 0;
    const count = (/** @type {number} */ bytes) => report(Math.min(1, (arrived += bytes) / info.bytes));
    const [finder, classifier] = await Promise.all(
      [info.finder, info.classifier].map((name) => download(`made/models/${name}`, count)),
    );
    await this.ask({load: {finder, classifier, info}}, [finder.buffer, classifier.buffer]);
  }

  /**
   * Recognizes the hands in a frame.
   * @param {ImageBitmap} bitmap comes back in the answer
   * @param {number} time in seconds
   * @param {Options} options @returns {Promise<Answer>}
   */
  async recognize(bitmap, time, options) {
    const start = performance.now();
    const answer = await this.ask({request: {bitmap, time, options}}, [bitmap]);
    const taken = performance.now() - start;
    this.latency += (this.latency ? SMOOTHING : 1) * (taken - this.latency);
    return answer;
  }

  /**
   * Asks the worker, which answers one message after the other.
   * @param {import("./worker.js").Message} message @param {Transferable[]} transfer
   * @returns {Promise<any>}
   */
  ask(message, transfer) {
    const {worker} = this;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({data: {answer, error}}) => (error ? reject(new Error(error)) : resolve(answer));
      worker.postMessage(message, transfer);
    });
  }
}

/** Fetches a file of the page. @param {string} path */
export async function fetchFile(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/**
 * @param {string} path
 * @param {(bytes: number) => void} count called with the size of each part that arrives
 */
async function download(path, count) {
  const {body} = await fetchFile(path);
  if (!body) throw new Error(`${path}: empty`);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(/** @type {Uint8Array<ArrayBuffer>} */ (read.value));
    count(read.value.length);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
