/** Seals: the proof that the computer chose its move before it saw the player's. */

/** SHA-256 of "move:nonce", as 64 hexadecimal digits. @param {string} move @param {string} nonce */
export async function seal(move, nonce) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${move}:${nonce}`));
  return hexadecimal(new Uint8Array(digest));
}

/**
 * A move with a new nonce of 128 random bits, and the seal of both.
 * @param {import("./moves.js").Move} move @returns {Promise<import("./state.js").Commitment>}
 */
export async function commit(move) {
  const nonce = hexadecimal(crypto.getRandomValues(new Uint8Array(16)));
  return {move, nonce, seal: await seal(move, nonce)};
}

/** @param {Uint8Array} bytes */
const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * How many results of a match have a seal that was shown before, and that the move opens; 0 if any
 * seal was broken.
 * @param {import("./state.js").Event[]} events of one match
 */
export async function countVerified(events) {
  let shown = "";
  let results = 0;
  for (const event of events) {
    if (event.event === "round_started") shown = event.seal;
    else if (event.event === "result") results += 1;
    else if (event.event === "reveal" || event.event === "repeated") {
      if ((await seal(event.move, event.nonce)) !== shown) return 0;
      shown = "";
    }
  }
  return results;
}
