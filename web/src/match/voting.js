/** Turns the frames of a window into the move of one hand, or the reason why there is none. */

/** @typedef {import("./moves.js").Gesture} Gesture */

/** The probability of each class. @typedef {Record<string, number>} Vote */

/**
 * Why a round is played again.
 * @typedef {"no_frames" | "no_hand" | "unsure" | "too_early" | "too_late" | "changed"} Reason
 */

/**
 * What one hand showed; `reason` is null if it was a move.
 * @typedef {{gesture: Gesture | null, confidence: number | null, probabilities: Vote,
 *   reason: Reason | null}} WindowResult
 */

const EARLY_CONFIDENCE = 0.8; // mean probability before "shoot" at which a move came too early

/**
 * @param {{time: number, vote: Vote}[]} frames of the window
 * @param {Vote[]} early from before "shoot"; empty if moves may come early
 * @param {number} middle time of the window's middle
 * @param {number} confidence @returns {WindowResult}
 */
export function tallyWindow(frames, early, middle, confidence) {
  const probabilities = meanVote(frames.map(({vote}) => vote));
  const gesture = mostProbable(probabilities);
  if (!gesture) return {gesture: null, confidence: null, probabilities, reason: "no_frames"};
  const mean = probabilities[gesture];
  const [first, second] = [false, true].map((late) => {
    const half = frames.filter(({time}) => time >= middle === late);
    const votes = meanVote(half.map(({vote}) => vote));
    const shown = mostProbable(votes);
    return shown && votes[shown] >= confidence ? shown : null;
  });
  const before = meanVote(early)[gesture] ?? 0;
  /** @type {Reason | null} */
  let reason = null;
  if (first && second && first !== second) reason = reasonForChange(first, second);
  else if (mean < confidence) reason = "unsure";
  else if (gesture === "none") reason = "no_hand";
  else if (gesture !== "rock" && before >= Math.max(confidence, EARLY_CONFIDENCE)) {
    reason = "too_early";
  }
  return {gesture, confidence: mean, probabilities, reason};
}

/**
 * The mean probability of each class; empty if there are no votes.
 * @param {Vote[]} votes @returns {Vote}
 */
function meanVote(votes) {
  const labels = Object.keys(votes[0] ?? {});
  const mean = (/** @type {string} */ label) =>
    votes.reduce((sum, vote) => sum + vote[label], 0) / votes.length;
  return Object.fromEntries(labels.map((label) => [label, mean(label)]));
}

/** The class with the greatest probability, the first of equal ones. @param {Vote} vote */
export function mostProbable(vote) {
  const labels = /** @type {Gesture[]} */ (Object.keys(vote));
  if (!labels.length) return null;
  return labels.reduce((best, label) => (vote[label] > vote[best] ? label : best));
}

/**
 * A hand that was still being raised or opened was too late; any other hand changed.
 * @param {Gesture} first @param {Gesture} second
 */
function reasonForChange(first, second) {
  const raised = first === "none" || (first === "rock" && second !== "none");
  return raised ? "too_late" : "changed";
}
