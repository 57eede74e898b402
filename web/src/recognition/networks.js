/** Runs the model files with onnxruntime-web. */

/** @typedef {import("./image.js").Image} Image */

/** In WebAssembly, 8-bit operators are slower than those of float32: tests/speed.js compares them. */
export const OPTIONS = {executionProviders: ["wasm"], extra: {session: {disable_quant_qdq: "1"}}};

/**
 * @param {typeof import("onnxruntime-web")} ort the runtime, as the page and the tests load it
 * @param {Uint8Array} file an ONNX file
 * @returns {Promise<import("./two-looks.js").Network>}
 */
export async function loadNetwork(ort, file) {
  const session = await ort.InferenceSession.create(file, OPTIONS);
  return async (views) => {
    const {width, height} = views[0];
    const input = new ort.Tensor("uint8", rgb(views), [views.length, height, width, 3]);
    const outputs = await session.run({image: input});
    return Object.fromEntries(
      Object.entries(outputs).map(([name, {data, dims}]) => {
        const length = data.length / dims[0];
        const values = /** @type {Float32Array} */ (data);
        return [name, views.map((_, n) => values.slice(n * length, (n + 1) * length))];
      }),
    );
  };
}

/** The colours of some images of the same size, without the fourth byte. @param {Image[]} images */
export function rgb(images) {
  const bytes = new Uint8Array((images[0].data.length / 4) * 3 * images.length);
  let target = 0;
  for (const {data} of images) {
    for (let source = 0; source < data.length; source += 4) {
      bytes[target++] = data[source];
      bytes[target++] = data[source + 1];
      bytes[target++] = data[source + 2];
    }
  }
  return bytes;
}
