/** Settings, help, and problems. */

import {CHOICES} from "../game/settings.js";
import {element, make, setText} from "./dom.js";
import {fill} from "./words.js";

/** @typedef {import("../game/settings.js").Settings} Settings */
/** @typedef {import("./words.js").Texts} Texts */

const SAMPLE = "dcbb d3d1 95ad"; // a seal in the help; any other would do

/** The labels of the settings: names of texts. @type {[keyof typeof CHOICES, string][]} */
const LABELS = [
  ["mode", "way"],
  ["bestOf", "rounds"],
  ["opponent", "opponent"],
  ["twoPlayers", "players"],
  ["facing", "camera"],
  ["sound", "sound"],
];

/**
 * Shows the settings.
 * @param {Settings} settings @param {Texts} texts
 * @param {Record<string, string>} languages names by code
 * @param {number} rounds how many are kept
 * @param {(changed: Settings) => void} change called after each choice
 */
export function showSettings(settings, texts, languages, rounds, change) {
  let current = settings;
  const choices = LABELS.map(([name, label]) => {
    /** @type {unknown[]} */
    const values = CHOICES[name];
    const options = values.map((value) => ({value, word: optionWord(name, value, texts)}));
    return choice(texts[label], options, settings[name], (value) => set({[name]: value}));
  });
  const known = Object.entries(languages).map(([value, word]) => ({value, word}));
  choices.push(choice(texts.language, known, settings.language, (language) => set({language})));
  element("choices").replaceChildren(...choices);
  setText(element("settings-title"), texts.settings);
  setText(element("history"), fill(texts.history, {count: rounds}));
  setText(element("delete"), texts.delete_history);
  setText(element("save-log"), texts.save_log);
  setText(element("verify"), `${texts.verify_log} ${texts.installed}`);
  open("settings", texts);

  function set(/** @type {Partial<Settings>} */ changes) {
    current = {...current, ...changes};
    change(current);
  }
}

/** Shows what the keys do. @param {Texts} texts */
export function showHelp(texts) {
  const rows = [
    [texts.fist, texts.help_fist],
    [texts.space, texts.help_start],
    ["R", texts.help_restart],
    ["A", texts.help_sound],
    ["M", texts.help_mirror],
    ["C", texts.help_camera],
    ["F", texts.help_full],
    ["D", texts.help_details],
    ["H", texts.help_help],
    ["Q", texts.help_quit],
  ];
  setText(element("help-title"), texts.help);
  element("keys").replaceChildren(
    ...rows.flatMap(([key, line]) => [
      make("dt", {textContent: key}),
      make("dd", {textContent: line}),
    ]),
  );
  element("about-seals").replaceChildren(
    make("span", {className: "chip seal", textContent: `${texts.sealed.toUpperCase()} ${SAMPLE}`}),
    document.createTextNode(texts.help_seal),
  );
  open("help", texts);
}

/**
 * Says what is wrong and what to do, until a button is pressed.
 * @param {string} name of the texts
 * @param {Texts} texts
 * @param {boolean} withDemo whether a demo is possible instead
 * @returns {Promise<"retry" | "demo">}
 */
export function showProblem(name, texts, withDemo) {
  const dialog = /** @type {HTMLDialogElement} */ (element("problem"));
  setText(element("problem-title"), texts[name]);
  setText(element("problem-line"), texts[`${name}_line`]);
  setText(element("retry"), texts.try_again);
  setText(element("demo"), texts.watch);
  element("demo").hidden = !withDemo;
  dialog.oncancel = (event) => event.preventDefault(); // there is nothing behind it
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    for (const answer of /** @type {const} */ (["retry", "demo"])) {
      element(answer).onclick = () => {
        dialog.close();
        resolve(answer);
      };
    }
  });
}

/** @param {string} id @param {Texts} texts */
function open(id, texts) {
  const dialog = /** @type {HTMLDialogElement} */ (element(id));
  setText(/** @type {Element} */ (dialog.querySelector(".close")), texts.close);
  if (!dialog.open) dialog.showModal();
}

/**
 * A list from which to choose.
 * @template T
 * @param {string} label
 * @param {{value: T, word: string}[]} options
 * @param {T} chosen
 * @param {(value: T) => void} choose
 */
function choice(label, options, chosen, choose) {
  const select = make("select", {}, options.map(({word}) => make("option", {textContent: word})));
  select.selectedIndex = options.findIndex(({value}) => value === chosen);
  select.onchange = () => choose(options[select.selectedIndex].value);
  return make("label", {}, [make("span", {textContent: label}), select]);
}

/** @param {string} name @param {unknown} value @param {Texts} texts */
function optionWord(name, value, texts) {
  switch (name) {
    case "bestOf":
      return fill(texts.best_of, {count: Number(value)});
    case "twoPlayers":
      return value ? texts.two_players : texts.one_player;
    case "facing":
      return value === "user" ? texts.front_camera : texts.back_camera;
    case "sound":
      return value ? texts.on : texts.off;
    case "mode":
      return value === "timed" ? fill(texts.timed, {count: 60}) : texts[String(value)];
    default:
      return texts[String(value)];
  }
}
