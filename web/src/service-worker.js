/** Keeps every file of the page, so that it works offline; the build fills in version and files. */

// Pages on the same host share their caches: the scope keeps another copy of the game apart.
const PREFIX = `rps-game ${self.registration.scope} `;
const CACHE = `${PREFIX}__VERSION__`;
const FILES = ["__FILES__"];

self.addEventListener("install", (event) => {
  // "no-cache": files that the page has just loaded are only confirmed, not sent again.
  const requests = FILES.map((file) => new Request(file, {cache: "no-cache"}));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  // By its other name the page has to be the one whose files are kept, too.
  const url = event.request.url.replace(/\/index\.html(?=[?#]|$)/, "/");
  event.respondWith(
    caches.open(CACHE).then(async (cache) => {
      const kept = await cache.match(url, {ignoreSearch: true});
      return kept ?? fetch(event.request);
    }),
  );
});
