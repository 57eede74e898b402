/** Settings, help, and problems. */

import {element, make, setText} from "./dom.js";
import {fill} from "./words.js";

/** @typedef {import("../game/settings.js").Settings} Settings */
/** @typedef {import("./words.js").Texts} Texts */

const SAMPLE = "dcbb d3d1 95ad"; // a seal in the help; any other would do

/**
 * Shows the settings.
 * @param {Settings} settings @param {Texts} texts
 * @param {Record<string, string>} languages names by code
 * @param {number} rounds how many are kept
 * @param {(changes: Partial<Settings>) => void} change called after each choice
 */
export function showSettings(settings, texts, languages, rounds, change) {
  const {classic, survival, random, adaptive, one_player, two_players} = texts;
  const timed = fill(texts.timed, {count: 60});
  const lengths = [1, 3, 5, 7].map((count) => /** @type {const} */ ([count, fill(texts.best_of, {count})]));
  const choices = element("choices");
  const focused = [...choices.children].findIndex((each) => each.contains(document.activeElement));
  choices.replaceChildren(
    choice(texts.way, {classic, survival, timed}, settings.mode, (mode) => change({mode})),
    choice(texts.rounds, Object.fromEntries(lengths), settings.bestOf, (n) => change({bestOf: Number(n)})),
    choice(texts.opponent, {random, adaptive}, settings.opponent, (opponent) => change({opponent})),
    choice(texts.players, {1: one_player, 2: two_players}, settings.twoPlayers ? 2 : 1, (n) => change({twoPlayers: n === "2"})),
    choice(texts.language, languages, settings.language, (language) => change({language})),
  );
  setText(element("settings-title"), texts.settings);
  setText(element("history"), fill(texts.history, {count: rounds}));
  setText(element("delete"), texts.delete_history);
  setText(element("installed"), texts.installed);
  open("settings", texts);
  choices.children[focused]?.querySelector("select")?.focus(); // in another language it is a new one
}

/** Shows what the keys do or, on a touch screen, the buttons. @param {Texts} texts */
export function showHelp(texts) {
  const keys = [
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
  const buttons = [
    ["menu", texts.settings],
    ["sound", texts.help_sound],
    ["flip", texts.help_camera],
    ["help-button", texts.help_help],
  ].filter(([id]) => !element(id).hidden);
  const rows = matchMedia("(hover: none)").matches ? buttons.map(([id, line]) => [icon(id), line]) : keys;
  setText(element("help-title"), texts.help);
  element("keys").replaceChildren(
    ...[[texts.fist, texts.help_fist], ...rows].flatMap(([key, line]) => [make("dt", {}, [key]), make("dd", {}, [line])]),
  );
  element("about-seals").replaceChildren(
    make("span", {className: "chip seal", textContent: `${texts.sealed.toUpperCase()} ${SAMPLE}`}),
    document.createTextNode(texts.help_seal),
  );
  open("help", texts);
}

/**
 * Says what is wrong and what to do, until a button is pressed. Before any texts have arrived, the
 * dialog says in English that they have not.
 * @param {string} name of the texts
 * @param {Texts} texts
 * @param {boolean} withDemo whether a demo is possible instead
 * @returns {Promise<"retry" | "demo">}
 */
export function showProblem(name, texts, withDemo) {
  const dialog = /** @type {HTMLDialogElement} */ (element("problem"));
  if (texts[name]) {
    setText(element("problem-title"), texts[name]);
    setText(element("problem-line"), texts[`${name}_line`]);
    setText(element("retry"), texts.try_again);
    setText(element("demo"), texts.watch);
  }
  element("demo").hidden = !withDemo;
  const show = () => dialog.open || dialog.showModal();
  dialog.oncancel = (event) => event.preventDefault(); // there is nothing behind it
  dialog.onclose = show; // Chromium closes it all the same when Escape is pressed again
  show();
  return new Promise((resolve) => {
    for (const answer of /** @type {const} */ (["retry", "demo"])) {
      element(answer).onclick = () => {
        dialog.onclose = null;
        dialog.close();
        resolve(answer);
      };
    }
  });
}

/** A copy of a button's icon. @param {string} id */
function icon(id) {
  return /** @type {Element} */ (element(id).querySelector("svg")).cloneNode(true);
}

/** @param {string} id @param {Texts} texts */
function open(id, texts) {
  const dialog = /** @type {HTMLDialogElement} */ (element(id));
  setText(/** @type {Element} */ (dialog.querySelector(".close")), texts.close);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0; // the button that has the focus may be below
}

/**
 * A list from which to choose.
 * @template {string} T
 * @param {string} label
 * @param {Record<T, string>} options words by value
 * @param {string | number} chosen
 * @param {(value: T) => void} choose
 */
function choice(label, options, chosen, choose) {
  const select = make("select");
  for (const [value, word] of Object.entries(options)) select.add(new Option(String(word), value));
  select.value = String(chosen);
  select.onchange = () => choose(/** @type {T} */ (select.value));
  return make("label", {}, [make("span", {textContent: label}), select]);
}
