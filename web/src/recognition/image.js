/**
 * Images, and how they are resized: exactly, to the pixel, as OpenCV does it in Python.
 * docs/other-languages.md has the algorithms.
 */

/**
 * Four bytes for each pixel: red, green, blue, and one that is ignored.
 * @typedef {{data: Uint8ClampedArray, width: number, height: number}} Image
 */

/** @typedef {{left: number, top: number, width: number, height: number}} Region */

const CHANNELS = 4;

/** A black image. @param {number} width @param {number} height @returns {Image} */
export function blank(width, height) {
  return {data: new Uint8ClampedArray(width * height * CHANNELS), width, height};
}

/** A part of an image, copied. @param {Image} image @param {Region} part @returns {Image} */
export function crop(image, {left, top, width, height}) {
  const part = blank(width, height);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * CHANNELS;
    part.data.set(image.data.subarray(start, start + width * CHANNELS), y * width * CHANNELS);
  }
  return part;
}

/**
 * An image in another size: by area if no side grows, otherwise by interpolation.
 * @param {Image} image @param {number} width @param {number} height @returns {Image}
 */
export function resize(image, width, height) {
  if (image.width === 2 * width && image.height === 2 * height) return halve(image);
  if (image.width >= width && image.height >= height) return reduce(image, width, height);
  return enlarge(image, width, height);
}

/** The nearest whole number, and of two the even one. @param {number} value */
export function halfToEven(value) {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + Math.abs(low % 2) : Math.floor(value + 0.5);
}

/** @param {Image} image */
function halve({data, width, height}) {
  const small = blank(width / 2, height / 2);
  const row = width * CHANNELS;
  let target = 0;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let source = y * row + x * CHANNELS;
      for (let c = 0; c < CHANNELS; c++, source++) {
        const sum = data[source] + data[source + 4] + data[source + row] + data[source + row + 4];
        small.data[target++] = (sum + 2) >> 2;
      }
    }
  }
  return small;
}

/**
 * By area: each new pixel is the mean of what it covers, first along rows, then along columns.
 * @param {Image} image @param {number} width @param {number} height
 */
function reduce({data, width: oldWidth, height: oldHeight}, width, height) {
  const small = blank(width, height);
  const columns = shares(oldWidth, width);
  const rows = shares(oldHeight, height);
  const line = width * 3; // the fourth channel is ignored
  const narrow = new Float64Array(oldHeight * line);
  for (let y = 0, target = 0; y < oldHeight; y++) {
    for (const {first, weights} of columns) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let source = (y * oldWidth + first) * CHANNELS;
      for (let k = 0; k < weights.length; k++, source += CHANNELS) {
        const weight = weights[k];
        red += weight * data[source];
        green += weight * data[source + 1];
        blue += weight * data[source + 2];
      }
      narrow[target++] = red;
      narrow[target++] = green;
      narrow[target++] = blue;
    }
  }
  let target = 0;
  for (const {first, weights} of rows) {
    for (let x = 0; x < line; x++) {
      let sum = 0;
      let source = first * line + x;
      for (let k = 0; k < weights.length; k++, source += line) sum += weights[k] * narrow[source];
      small.data[target++] = sum; // a clamped array rounds half to even
      if (x % 3 === 2) target++;
    }
  }
  return small;
}

/**
 * For each new pixel along a side, the first old one that it covers, and the weights of this one and
 * those after it.
 * @param {number} old @param {number} size
 */
function shares(old, size) {
  return Array.from({length: size}, (_, number) => {
    const start = number * old; // in units in which both old and new pixels begin at integers
    const end = start + old;
    const first = Math.floor(start / size);
    const weights = Array.from({length: Math.ceil(end / size) - first}, (_, k) => {
      const covered = Math.min((first + k + 1) * size, end) - Math.max((first + k) * size, start);
      return covered / old;
    });
    return {first, weights};
  });
}

/**
 * By interpolation, in whole numbers as OpenCV.
 * @param {Image} image @param {number} width @param {number} height
 */
function enlarge({data, width: oldWidth, height: oldHeight}, width, height) {
  const large = blank(width, height);
  const shrinks = oldWidth * oldHeight > width * height; // one of its sides
  const columns = taps(oldWidth, width, shrinks, true);
  const rows = taps(oldHeight, height, shrinks, shrinks);
  let target = 0;
  for (const {first: top, second: bottom, q: upper, r: lower} of rows) {
    for (const {first, second, q, r} of columns) {
      for (let c = 0; c < CHANNELS; c++) {
        const [one, other] = [top, bottom].map((row) => {
          const left = data[(row * oldWidth + first) * CHANNELS + c];
          const right = data[(row * oldWidth + second) * CHANNELS + c];
          return (q * left + r * right) >> 4;
        });
        large.data[target++] = (((upper * one) >> 16) + ((lower * other) >> 16) + 2) >> 2;
      }
    }
  }
  return large;
}

/**
 * For each new pixel along a side, two old ones and their weights in units of 1/2048.
 * @param {number} old @param {number} size @param {boolean} shrinks @param {boolean} clamped
 */
function taps(old, size, shrinks, clamped) {
  const single = Math.fround;
  const scale = old / size;
  const limit = (/** @type {number} */ k) => Math.min(Math.max(k, 0), old - 1);
  return Array.from({length: size}, (_, i) => {
    let start;
    let share;
    if (shrinks) {
      start = Math.floor(i * scale);
      share = i + 1 - (start + 1) / scale;
      share = single(share <= 0 ? 0 : share - Math.floor(share));
    } else {
      const place = single((i + 0.5) * scale - 0.5);
      start = Math.floor(place);
      share = single(place - start);
    }
    if (clamped && (start < 0 || start >= old - 1)) share = 0;
    const q = halfToEven(single(single(1 - share) * 2048));
    return {first: limit(start), second: limit(start + 1), q, r: halfToEven(single(share * 2048))};
  });
}
