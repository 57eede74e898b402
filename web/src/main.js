/** The page: loads the game, and connects buttons, keys and the screen with it. */

import {Game} from "./game/game.js";
import {DEFAULTS, preferredLanguage} from "./game/settings.js";
import * as store from "./game/store.js";
import {isDecided, winnerOf} from "./match/state.js";
import {fetchFile, Recognizer} from "./recognition/recognizer.js";
import {Camera, CameraError, hasSeveralCameras} from "./sources/camera.js";
import {Demo} from "./sources/demo.js";
import {celebrate} from "./ui/confetti.js";
import {showHelp, showProblem, showSettings} from "./ui/dialogs.js";
import {element, setText} from "./ui/dom.js";
import {loadHands, loadIcons} from "./ui/hands.js";
import {Screen} from "./ui/screen.js";
import {Sound} from "./ui/sound.js";
import {fill} from "./ui/words.js";

/** @typedef {import("./game/game.js").Source} Source */
/** @typedef {import("./game/settings.js").Settings} Settings */

/** @type {Record<string, string>} */
let texts = {};
/** @type {Record<string, string>} */
let languages = {};
/** @type {Settings} */
let settings = DEFAULTS;
/** @type {Game} */
let game;
/** @type {Screen} */
let screen;
/** Whether a source is being opened: until it is, the match waits and keys do nothing. */
let opening = false;
const sound = new Sound();

addEventListener("unhandledrejection", (event) => breakOff(event, event.reason));
addEventListener("error", (event) => event.error && breakOff(event, event.error)); // no error: not ours
load();

/** Says that the page has a fault, and loads it again. @param {Event} event @param {unknown} fault */
async function breakOff(event, fault) {
  event.preventDefault(); // it is reported here
  console.error(fault);
  game?.clock.stop();
  const old = !("OffscreenCanvas" in window && "requestVideoFrameCallback" in HTMLVideoElement.prototype);
  await showProblem(old ? "old_browser" : "broken", texts, false);
  location.reload();
}

/** Loads everything, and then lets people play. */
async function load() {
  languages = await (await fetchFile("made/languages.json")).json();
  settings = {...DEFAULTS, ...(await store.read("settings", {}))};
  settings.language ||= preferredLanguage(Object.keys(languages), navigator.languages);
  await useLanguage();
  if (!isSecureContext) {
    await showProblem("insecure", texts, false); // there are no cameras, no seals, nothing offline
    return location.reload();
  }
  const recognizer = new Recognizer();
  const progress = /** @type {HTMLProgressElement} */ (element("progress"));
  const [computerHand, icons] = await Promise.all([
    loadHands("made/hands/computer"),
    loadIcons(),
    sound.load(),
    recognizer.load((share) => {
      progress.value = share;
      setText(element("loading"), fill(texts.loading, {share: Math.round(100 * share)}));
    }),
  ]);
  progress.classList.add("done");
  setText(element("loading"), "");
  screen = new Screen(computerHand, icons);
  game = new Game(recognizer, settings, await store.read("rounds", []), await store.read("records", {}));
  game.onOver = keep;
  connectButtons();
  enableStart(true);
  if (import.meta.env.PROD) navigator.serviceWorker?.register("./service-worker.js").catch(console.warn);
}

function connectButtons() {
  element("play").onclick = () => enter(openCamera);
  element("watch").onclick = () => enter(openDemo);
  element("go").onclick = element("again").onclick = () => game.press();
  element("menu").onclick = openSettings;
  element("help-button").onclick = () => showHelp(texts);
  element("sound").onclick = toggleSound;
  element("flip").onclick = otherCamera;
  element("save").onclick = saveLog;
  element("delete").onclick = deleteHistory;
  document.onkeydown = press;
  document.onvisibilitychange = () => {
    if (document.hidden) return game.clock.stop();
    goOn();
    if (game.source) keepAwake(); // what was kept awake before is forgotten
  };
  navigator.mediaDevices?.addEventListener("devicechange", showFlip);
}

/** @param {boolean} possible */
function enableStart(possible) {
  for (const id of ["play", "watch"]) {
    /** @type {HTMLButtonElement} */ (element(id)).disabled = !possible;
  }
}

/** Keeps a phone's screen on: players touch it rarely. */
function keepAwake() {
  navigator.wakeLock?.request("screen").catch(() => {}); // refused when the battery is low
}

/** Leaves the first screen for the game. @param {() => Promise<Source>} open opens a source */
async function enter(open) {
  sound.unlock();
  enableStart(false);
  await playWith(open);
  enableStart(true);
  element("welcome").hidden = true;
  element("game").hidden = false;
  keepAwake();
  requestAnimationFrame(function frame() {
    if (element("game").hidden) return;
    game.waiting = document.querySelector("dialog[open]") !== null;
    game.tick();
    sound.follow(game.state, game.clock.now, settings.sound, game.newRecord);
    screen.show(game, texts);
    requestAnimationFrame(frame);
  });
}

/** Plays with another source; a match that has begun waits until it is open. @param {() => Promise<Source>} open */
async function playWith(open) {
  opening = true;
  game.clock.stop();
  game.use(await open());
  opening = false;
  goOn();
  await showFlip();
}

/** Opens the camera; if there is none, says what to do until there is, or opens the demo. @returns {Promise<Source>} */
async function openCamera() {
  game.source?.close(); // phones have only one camera open at a time
  for (;;) {
    const camera = new Camera(settings.facing);
    try {
      await camera.open();
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      if ((await showProblem(error.problem, texts, true)) === "demo") return openDemo();
      continue;
    }
    camera.onLost = async () => {
      game.clock.stop();
      const answer = await showProblem("camera_lost", texts, true);
      await playWith(answer === "demo" ? openDemo : openCamera);
    };
    return camera;
  }
}

async function openDemo() {
  const demo = new Demo();
  await demo.open();
  return demo;
}

/** Lets the time of the match go on, unless it has to wait for something. */
function goOn() {
  if (!opening && !document.hidden && !document.querySelector("#problem[open]")) game.clock.go();
}

/** Ends the match, and shows the first screen. */
function leave() {
  game.quit();
  element("game").hidden = true;
  element("welcome").hidden = false;
  element("play").focus();
}

async function otherCamera() {
  if (opening || !game.source?.live) return;
  change({facing: settings.facing === "user" ? "environment" : "user"});
  await playWith(openCamera);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const busy = opening || document.querySelector("dialog[open]") || element("game").hidden;
  if (busy || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const onButton = event.target instanceof HTMLButtonElement;
  /** @type {Record<string, () => void>} */
  const keys = {
    r: () => game.restart(),
    a: toggleSound,
    m: () => game.source && (game.source.mirror = !game.source.mirror),
    c: otherCamera,
    f: fullScreen,
    d: () => (screen.details = !screen.details),
    h: () => showHelp(texts),
    q: leave,
  };
  const action = keys[event.key.toLowerCase()];
  if (action) action();
  else if ((event.key === " " || event.key === "Enter") && !onButton) {
    event.preventDefault();
    game.press();
  }
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(console.warn);
}

/** Shows the settings; other rules begin a new match. */
function openSettings() {
  showSettings(settings, texts, languages, game.past.length, async (changes) => {
    change(changes);
    if (!("language" in changes)) return game.restart();
    await useLanguage();
    if (/** @type {HTMLDialogElement} */ (element("settings")).open) openSettings();
  });
}

function toggleSound() {
  change({sound: !settings.sound});
  element("sound").setAttribute("aria-pressed", String(settings.sound));
}

/** @param {Partial<Settings>} changes */
function change(changes) {
  settings = game.settings = {...settings, ...changes};
  store.write("settings", settings);
}

/** Shows everything on the page that stays there in the language of the settings. */
async function useLanguage() {
  const {language} = settings;
  const loaded = await (await fetchFile(`made/texts/${language}.json`)).json();
  if (language !== settings.language) return; // another one was chosen in the meantime
  texts = loaded;
  document.documentElement.lang = language;
  for (const id of ["title", "intro", "private", "play", "watch"]) setText(element(id), texts[id]);
  const buttons = {menu: "settings", sound: "sound", flip: "camera", "help-button": "help"};
  for (const [id, name] of Object.entries(buttons)) {
    element(id).setAttribute("aria-label", texts[name]);
    element(id).title = texts[name];
  }
  element("sound").setAttribute("aria-pressed", String(settings.sound));
}

async function showFlip() {
  element("flip").hidden = !game.source?.live || !(await hasSeveralCameras());
}

/** Keeps what a match has added, and celebrates a win. */
function keep() {
  store.write("rounds", game.past);
  store.write("records", game.records);
  const winner = winnerOf(game.state);
  const won = winner === "left" || (winner && game.state.rules.twoPlayers) || game.newRecord;
  if (isDecided(game.state) && won) celebrate();
}

async function deleteHistory() {
  await store.clear();
  game.past = [];
  game.records = {};
  setText(element("history"), texts.deleted);
}

/** Saves the log of all matches since the page was opened, as rps-play writes it. */
function saveLog() {
  const link = document.createElement("a");
  const lines = game.log.map((line) => `${line}\n`);
  link.href = URL.createObjectURL(new Blob(lines, {type: "application/jsonl"}));
  link.download = "rps-game.jsonl";
  link.click();
  URL.revokeObjectURL(link.href);
}
