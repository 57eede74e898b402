/** What is kept in this browser: settings, rounds and records, in IndexedDB. */

const NAME = "rps-game";
const STORE = "kept";

/**
 * Reads a value; the fallback if there is none.
 * @template T
 * @param {string} key
 * @param {T} fallback
 * @returns {Promise<T>}
 */
export async function read(key, fallback) {
  return (await perform("readonly", (store) => store.get(key))) ?? fallback;
}

/** @param {string} key @param {unknown} value */
export const write = (key, value) => perform("readwrite", (store) => store.put(value, key));

/** Deletes everything. */
export const clear = () => perform("readwrite", (store) => store.clear());

/**
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} action
 * @returns {Promise<any>} undefined where nothing can be kept, as in some private windows
 */
async function perform(mode, action) {
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    const database = await resultOf(opening);
    const result = await resultOf(action(database.transaction(STORE, mode).objectStore(STORE)));
    database.close();
    return result;
  } catch (error) {
    console.warn("nothing can be kept in this browser:", error);
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
