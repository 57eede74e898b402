/** What is kept in this browser: settings, rounds and records, in IndexedDB. */

const NAME = "rps-game";
const STORE = "kept";

/**
 * Reads a value; the fallback if there is none, or if nothing can be kept (private windows).
 * @template T
 * @param {string} key
 * @param {T} fallback
 * @returns {Promise<T>}
 */
export async function read(key, fallback) {
  try {
    return (await perform("readonly", (store) => store.get(key))) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value, if the browser allows it. @param {string} key @param {unknown} value */
export async function write(key, value) {
  try {
    await perform("readwrite", (store) => store.put(value, key));
  } catch (error) {
    console.warn("nothing can be kept in this browser:", error);
  }
}

/** Deletes everything. */
export async function clear() {
  await perform("readwrite", (store) => store.clear());
}

/**
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} action
 * @returns {Promise<any>}
 */
async function perform(mode, action) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await resultOf(opening);
  try {
    return await resultOf(action(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
