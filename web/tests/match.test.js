import assert from "node:assert/strict";
import {test} from "node:test";

import {advance, beat, beginRound, isWatching, skipPause, stop} from "../src/match/machine.js";
import {chooseMove, Learner} from "../src/match/opponents.js";
import {makeRules} from "../src/match/rules.js";
import {commit, seal} from "../src/match/seals.js";
import {Series, toLine} from "../src/match/series.js";
import {newState} from "../src/match/state.js";
import {fistProgress, IDLE, watchForFist} from "../src/match/triggers.js";
import {tallyWindow} from "../src/match/voting.js";
import {assertClose, readJson} from "./vectors.js";

const LABELS = ["rock", "paper", "scissors", "none"];
const {seals, clock, voting, adaptive, sessions} = readJson("rules.json");
const vote = (/** @type {number[]} */ row) => Object.fromEntries(LABELS.map((label, n) => [label, row[n]]));

test("seals", async () => {
  for (const one of seals) assert.equal(await seal(one.move, one.nonce), one.seal);
  const {move, nonce, seal: shown} = await commit("paper");
  assert.match(nonce, /^[0-9a-f]{32}$/);
  assert.equal(shown, await seal(move, nonce));
});

test("beats, and the frames that count", () => {
  for (const {start, time, beat: expected, counts} of clock) {
    const ready = newState(makeRules(), start);
    const [state] = beginRound(ready, {move: "rock", nonce: "00ff", seal: ""}, start);
    assertClose(beat(state, time), expected, 1e-9);
    assert.equal(isWatching(state, time), counts);
  }
});

voting.forEach((/** @type {any} */ one, /** @type {number} */ number) =>
  test(`votes ${number}`, () => {
    const frames = one.votes.map(([time, row]) => ({time, vote: vote(row)}));
    const early = one.early.map(([, row]) => vote(row));
    const {probabilities, ...result} = tallyWindow(frames, early, one.middle, one.confidence);
    const actual = {...result, probabilities: Object.values(probabilities)};
    assertClose(actual, one.result, 1e-9);
  }),
);

test("an open hand before the call is too early from a mean of 0.8", () => {
  const frames = [{time: 0, vote: vote([0, 1, 0, 0])}];
  const reason = (/** @type {number} */ p) => tallyWindow(frames, [vote([1 - p, p, 0, 0])], 1, 0.6).reason;
  assert.deepEqual([0.79, 0.81].map(reason), [null, "too_early"]);
});

test("a round begins when it was due, up to a quarter of a second late", () => {
  const ready = newState(makeRules({twoPlayers: true}), 10);
  const since = (/** @type {number} */ time) => beginRound(ready, null, time)[0].since;
  assert.deepEqual([10.24, 10.26].map(since), [10, 10.26]);
});

test("frames count as early until 0.15 s before the call", () => {
  const [state] = beginRound(newState(makeRules({twoPlayers: true}), 0), null, 0);
  const shoot = state.rules.timing.countdown;
  assert.deepEqual([0.16, 0.14].map((left) => isWatching(state, shoot - left)), [true, false]);
});

test("a fist needs a probability of 0.6", () => {
  const since = (/** @type {number} */ p) => watchForFist(IDLE, [vote([p, 1 - p, 0, 0])], 5).since;
  assert.deepEqual([0.59, 0.61].map(since), [null, 5]);
});

test("what the adaptive opponent plays", () => {
  const learner = new Learner();
  for (const {mixture, left, right} of adaptive) {
    assertClose(learner.mixture(), mixture, 1e-9);
    learner.learn({left, right});
  }
  const rounds = Array(700).fill({left: "rock", right: "scissors"});
  // 96% of them, by chance: fewer than three quarters of 100 once in 10^13 runs.
  const moves = Array.from({length: 100}, () => chooseMove("adaptive", rounds));
  assert(moves.filter((move) => move === "paper").length > 75);
});

for (const session of sessions) {
  test(`a session: ${session.name}`, async () => {
    const {best_of: bestOf, two_players: twoPlayers, timing, ...others} = session.rules;
    const {min_pause: minPause, ...lengths} = timing;
    const rules = {...others, bestOf, twoPlayers, timing: {...lengths, minPause}};
    const series = new Series();
    for (const match of session.matches) {
      /** @type {any} */
      const actual = {phases: [], fists: [], events: []};
      let state = newState(rules, match.start);
      const note = (/** @type {number} */ step, /** @type {any[]} */ events, /** @type {any} */ fed) => {
        for (const event of events) {
          if (event.event === "match_over") series.end(event);
          actual.events.push({step, event: JSON.parse(toLine(event))});
        }
        const {phase, since, trigger} = state;
        const latest = actual.phases.at(-1);
        if (latest?.[1] !== phase || latest[2] !== since) actual.phases.push([step, phase, since]);
        if ((phase === "ready" || phase === "over") && fed?.hands?.length) {
          actual.fists.push([step, fistProgress(trigger, fed.time)]);
        }
      };
      note(-1, [series.begin(rules, match.start, session.opponent, "reference", session.names)], null);
      for (const [number, step] of match.steps.entries()) {
        let events = [];
        if (step.do === "begin") {
          const {move, nonce, time} = step;
          const commitment = move ? {move, nonce, seal: await seal(move, nonce)} : null;
          [state, events] = beginRound(state, commitment, time);
        } else if (step.do === "observe") {
          [state, events] = advance(state, {time: step.time, hands: step.hands.map(vote)});
        } else if (step.do === "skip") {
          state = skipPause(state, step.time);
        } else {
          [state, events] = stop(state, step.time, step.ending);
        }
        note(number, events, step);
      }
      const {phases, fists, events} = match;
      assertClose(actual, {phases, fists, events}, 1e-4);
    }
  });
}
