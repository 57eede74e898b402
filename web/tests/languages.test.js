import assert from "node:assert/strict";
import {readdirSync, readFileSync} from "node:fs";
import {test} from "node:test";

const OWN = new URL("../languages/", import.meta.url);
const GAME = new URL("../../rps_game/ui/languages/", import.meta.url);
const FIRST = "\u3000"; // of the Japanese letters

/** The texts of a language file, in which every text is on a line. @param {URL} file */
function texts(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  const found = lines.map((line) => /^(\w+) = (".*")$/.exec(line)).filter((match) => match !== null);
  return new Map(found.map(([, name, text]) => [name, JSON.parse(text)]));
}

const english = texts(new URL("en.toml", OWN));
const words = (/** @type {string} */ text) => text.match(/\{\w+\}/g) ?? [];

test("the page speaks the languages of the game", () => {
  assert.deepEqual(readdirSync(OWN).sort(), readdirSync(GAME).sort());
});

for (const file of readdirSync(OWN)) {
  test(`${file}: every text, and nothing that the game says already`, () => {
    const own = texts(new URL(file, OWN));
    assert.deepEqual([...own.keys()], [...english.keys()]);
    for (const [name, text] of own) assert.deepEqual(words(text), words(english.get(name)), name);
    const game = texts(new URL(file, GAME));
    assert.deepEqual([...own.keys()].filter((name) => game.has(name)), []);
  });
}

test("the game's fonts have the Japanese letters", () => {
  const known = readFileSync(new URL("ja.toml", GAME), "utf8");
  const kana = /[\u3000-\u30ff]/;
  const letters = [...texts(new URL("ja.toml", OWN)).values()].join("");
  const missing = [...letters].filter((each) => each > FIRST && !kana.test(each) && !known.includes(each));
  assert.deepEqual(missing.filter((each) => !"：".includes(each)), []);
});
