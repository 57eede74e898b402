/** Small helpers for the elements of the page. */

/**
 * The element with an id.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return /** @type {T} */ (found);
}

/**
 * Changes a text only where it differs, so that screen readers hear it once.
 * @param {Element} target @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Fills an element anew, only if what it shows has changed.
 * @param {HTMLElement} target
 * @param {string} key what it shows
 * @param {() => Node[]} make
 */
export function fillWith(target, key, make) {
  if (target.dataset.shown === key) return;
  target.dataset.shown = key;
  target.replaceChildren(...make());
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {object} properties
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, properties = {}, children = []) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

const SHAPES = {
  win: ['<circle class="win" cx="12" cy="12" r="12"/>', "M7 12.3 10.8 16 17.5 8"],
  lose: ['<path class="lose" stroke="none" d="M12 0 24 12 12 24 0 12z"/>', "M8.7 8.7l6.6 6.6M8.7 15.3l6.6-6.6"],
  draw: ['<rect class="draw" x="2" y="2" width="20" height="20" rx="3.5"/>', "M7 9h10M7 15h10"],
};

/**
 * The mark of an outcome: a tick in a disc, a cross in a diamond, two bars in a square. Between two
 * people one of them has won.
 * @param {import("../match/moves.js").Outcome} outcome @param {boolean} twoPlayers
 */
export function mark(outcome, twoPlayers) {
  const right = twoPlayers && outcome === "lose";
  const [shape, lines] = SHAPES[right ? "win" : outcome];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = `${shape}<path d="${lines}"/>`;
  if (right) svg.firstElementChild?.classList.add("right");
  return svg;
}
