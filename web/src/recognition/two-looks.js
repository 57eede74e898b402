/** Classifies images with two networks: one finds the hand, the other sees it close up. */

import {combine, framing, handInImage, landmarksInImage} from "./geometry.js";
import {crop} from "./image.js";
import {closeUp, letterbox, overlappingSquares} from "./views.js";

/** @typedef {import("./image.js").Image} Image */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./geometry.js").Place} Place */

/**
 * What the metadata of the model files say; `npm run assets` makes it.
 * @typedef {{labels: string[], size: number, finderSize: number, margin: number,
 *   weights: import("./geometry.js").Weights}} ModelInfo
 */

/**
 * Answers about a batch of views: by output name, one row for each view.
 * @typedef {(views: Image[]) => Promise<Record<string, ArrayLike<number>[]>>} Network
 */

/** @typedef {{hand: Place, score: number}} Found */

/**
 * What a close-up shows; the landmarks are in pixels of the image.
 * @typedef {{probabilities: ArrayLike<number>, landmarks: Point[],
 *   framing: import("./geometry.js").Framing}} Seen
 */

const UNSURE = 0.65; // below this score, squares of a long image are searched as well

export class TwoLooks {
  /** @param {Network} finder @param {Network} classifier @param {ModelInfo} info */
  constructor(finder, classifier, info) {
    this.labels = info.labels;
    this.finder = finder;
    this.classifier = classifier;
    this.info = info;
  }

  /**
   * Looks for the hand in each of at least one image.
   * @param {Image[]} images @returns {Promise<Found[]>}
   */
  async search(images) {
    const found = await this.find(images);
    const squares = images.flatMap((image, number) =>
      found[number].score < UNSURE
        ? overlappingSquares(image.width, image.height).map((square) => ({number, square}))
        : [],
    );
    if (!squares.length) return found;
    const closer = await this.find(squares.map(({number, square}) => crop(images[number], square)));
    squares.forEach(({number, square}, index) => {
      const {hand, score} = closer[index];
      if (score > found[number].score) {
        found[number] = {score, hand: {...hand, x: hand.x + square.left, y: hand.y + square.top}};
      }
    });
    return found;
  }

  /**
   * Looks at one hand in each of at least one image.
   * @param {Image[]} images @param {Place[]} hands @returns {Promise<Seen[]>}
   */
  async lookClosely(images, hands) {
    const {size, margin} = this.info;
    const views = images.map((image, number) => closeUp(image, hands[number], size, margin));
    const answers = await this.classifier(views.map((view) => view.image));
    return views.map(({matrix}, number) => {
      const points = pairs(answers.landmarks[number]);
      return {
        probabilities: answers.probabilities[number],
        landmarks: landmarksInImage(points, size, matrix),
        framing: framing(points, margin),
      };
    });
  }

  /**
   * The answer from the close look's probabilities and the finder's score.
   * @param {ArrayLike<number>} close @param {number} score
   */
  combine(close, score) {
    return combine(close, score, this.labels, this.info.weights);
  }

  /** @param {Image[]} images @returns {Promise<Found[]>} */
  async find(images) {
    const size = this.info.finderSize;
    const views = images.map((image) => letterbox(image, size));
    const answers = await this.finder(views.map((view) => view.image));
    return views.map(({matrix}, number) => {
      const answer = answers.hand[number];
      return {hand: handInImage(answer, size, matrix), score: answer[0]};
    });
  }
}

/**
 * @param {ArrayLike<number>} values x and y in turn
 * @returns {Point[]}
 */
function pairs(values) {
  return Array.from({length: values.length / 2}, (_, n) => [values[2 * n], values[2 * n + 1]]);
}
