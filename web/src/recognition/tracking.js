/** Follows hands from frame to frame, so that most frames need only one look. */

import {diagonal, locate} from "./geometry.js";

/** @typedef {import("./image.js").Image} Image */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./geometry.js").Place} Place */
/** @typedef {import("./two-looks.js").Found} Found */
/** @typedef {import("./two-looks.js").Seen} Seen */

/**
 * What is known about a player's hand: its place in the latest frame (null if it is lost), the
 * finder's score when it last searched, how many frames ago that was, the region's sides, the time.
 * @typedef {{hand: Place | null, score: number, age: number, width: number, height: number,
 *   time: number}} Track
 */

const FINDER_INTERVAL = 5; // frames
const LOST_PROBABILITY = 0.5;
const SURE = 0.5; // score of a hand elsewhere that is followed instead
const MOST_OFFSET = 0.35; // of a hand from the middle of its close-up, in sides
const MOST_SIZE = 2; // a hand of twice or half the intended size has moved too fast
const HAND_SIZES = [0.03, 2]; // diagonals relative to the longer side of the region
const LONGEST_GAP = 0.5; // seconds after which a hand may be anywhere

export class HandTracker {
  /** @param {import("./two-looks.js").TwoLooks} looks */
  constructor(looks) {
    this.looks = looks;
    /** @type {Track[]} */
    this.tracks = [];
  }

  /**
   * Classifies the hands in the next frame.
   * @param {Image[]} images the region of each player, always in the same order
   * @param {number} time seconds
   * @returns {Promise<{probabilities: number[], landmarks: Point[]}[]>} landmarks in pixels of the
   *     region
   */
  async follow(images, time) {
    const known = this.tracks.length === images.length ? this.tracks : [];
    const tracks = images.map((image, n) => at(known[n], image, time));
    const players = [...tracks.keys()];
    /** @type {Map<number, Found>} */
    const found = new Map();
    const due = players.filter((n) => !tracks[n].hand || tracks[n].age >= FINDER_INTERVAL);
    await this.search(images, due, found);
    /** @type {Map<number, Seen>} */
    const seen = new Map();
    const hands = tracks.map(({hand}, n) => choose(hand, found.get(n)));
    await this.look(images, players, hands, seen);

    const lost = players.filter((n) => hands[n] === tracks[n].hand && this.isLost(seen, tracks, n));
    const unsearched = lost.filter((n) => !found.has(n)); // search now: this frame may count
    await this.search(images, unsearched, found);
    await this.look(images, lost, tracks.map((_, n) => found.get(n)?.hand ?? hands[n]), seen);

    this.tracks = tracks.map((track, n) => ({
      ...track,
      hand: this.isLost(seen, tracks, n) ? null : locate(of(seen, n).landmarks),
      score: found.get(n)?.score ?? track.score,
      age: found.has(n) ? 1 : track.age + 1,
    }));
    return this.tracks.map(({score}, n) => ({
      probabilities: this.looks.combine(of(seen, n).probabilities, score),
      landmarks: of(seen, n).landmarks,
    }));
  }

  /**
   * @param {Image[]} images @param {number[]} players
   * @param {Map<number, Found>} found filled in
   */
  async search(images, players, found) {
    if (!players.length) return;
    const answers = await this.looks.search(players.map((n) => images[n]));
    players.forEach((n, index) => found.set(n, answers[index]));
  }

  /**
   * @param {Image[]} images @param {number[]} players @param {Place[]} hands
   * @param {Map<number, Seen>} seen filled in
   */
  async look(images, players, hands, seen) {
    if (!players.length) return;
    const answers = await this.looks.lookClosely(
      players.map((n) => images[n]),
      players.map((n) => hands[n]),
    );
    players.forEach((n, index) => seen.set(n, answers[index]));
  }

  /**
   * Whether a close-up shows that the hand is lost.
   * @param {Map<number, Seen>} seen @param {Track[]} tracks @param {number} n
   */
  isLost(seen, tracks, n) {
    const {probabilities, landmarks, framing} = of(seen, n);
    const {width, height} = tracks[n];
    const none = this.looks.labels.indexOf("none");
    const inside = landmarks.filter(([x, y]) => x >= 0 && y >= 0 && x <= width && y <= height);
    const [smallest, largest] = HAND_SIZES.map((share) => share * Math.max(width, height));
    const size = diagonal(locate(landmarks));
    return (
      (none >= 0 && probabilities[none] > LOST_PROBABILITY) ||
      inside.length < landmarks.length / 2 ||
      !(smallest < size && size < largest) ||
      framing.offset > MOST_OFFSET ||
      framing.size > MOST_SIZE ||
      framing.size < 1 / MOST_SIZE
    );
  }
}

/**
 * What is still known in a frame.
 * @param {Track | undefined} track @param {Image} region @param {number} time @returns {Track}
 */
function at(track, {width, height}, time) {
  const gap = track ? time - track.time : -1;
  const follows = track?.width === width && track.height === height;
  if (track && follows && gap >= 0 && gap <= LONGEST_GAP) return {...track, time};
  return {hand: null, score: 0, age: 0, width, height, time};
}

/**
 * Where to look closely: where the hand was, because the finder is less exact, unless the finder is
 * sure of a hand elsewhere.
 * @param {Place | null} known @param {Found | undefined} found @returns {Place}
 */
function choose(known, found) {
  if (!known) return /** @type {Found} */ (found).hand; // it is always searched
  if (!found) return known;
  const {hand, score} = found;
  const elsewhere = 2 * Math.hypot(hand.x - known.x, hand.y - known.y) > diagonal(known);
  return elsewhere && score > SURE ? hand : known;
}

/**
 * @template T
 * @param {Map<number, T>} map
 * @param {number} n
 */
function of(map, n) {
  return /** @type {T} */ (map.get(n));
}
