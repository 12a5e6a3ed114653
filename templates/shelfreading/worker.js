// Keeps pages that ask for it (offline.js), whole: a page is stored once every file it needs is,
// as its own text and the texts of its files name them, so no list of files can fall behind.
// Files under a hashed name never change and come from here first; a page comes from the network,
// and from here where that takes too long. A new version of the site is new names: an open page
// goes on with its own files, and those that no kept page needs go after some days.
const STATIC = new URL("{{ static_prefix|escapejs }}", self.location).href;
const PAGES = "rafkhan-pages";
const FILES = "rafkhan-files";
const HASHED = /\.[0-9a-f]{12}\.[^/]+$/;
const TOO_LONG = 3000; // milliseconds that a page may keep somebody waiting at the shelf
const PAGES_KEPT = 12;
const DAY = 24 * 60 * 60 * 1000;
const GONE_AFTER = 7 * DAY;

const REFERENCES = {
  html: /\s(?:href|src|data-[\w-]+)="([^"#?]+)/g,
  javascript: /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g,
  css: /url\(\s*["']?([^"')#?]+)/g,
};

const typeOf = (response) => {
  const type = response.headers.get("Content-Type") ?? "";
  return Object.keys(REFERENCES).find((name) => type.includes(name));
};

// Addresses of the site's static files that a text names.
const namedIn = async (response, base) => {
  const type = typeOf(response);
  if (!type) return [];
  const text = await response.clone().text();
  const found = [];
  for (const [, reference] of text.matchAll(REFERENCES[type])) {
    const address = URL.canParse(reference, base) ? new URL(reference, base).href : "";
    if (address.startsWith(STATIC)) found.push(address);
  }
  return found;
};

// Every file that a page needs: those it names, and those that they name. `get` brings one;
// what the server says it has not is left out.
const filesOf = async (page, base, get) => {
  const needed = new Set();
  const waiting = await namedIn(page, base);
  while (waiting.length) {
    const address = waiting.pop();
    if (needed.has(address)) continue;
    const file = await get(address);
    if (!file) continue;
    needed.add(address);
    waiting.push(...(await namedIn(file, address)));
  }
  return needed;
};

const keptFile = async (address) => (await caches.open(FILES)).match(address, { ignoreVary: true });

const bringFile = async (address) => {
  const isHashed = HASHED.test(new URL(address).pathname);
  const kept = isHashed && (await keptFile(address));
  if (kept) return kept;
  const response = await fetch(address, { cache: isHashed ? "default" : "no-cache" });
  if (response.status >= 500) throw new Error(`${address}: ${response.status}`);
  if (!response.ok) return null;
  await (await caches.open(FILES)).put(address, response.clone());
  return response;
};

const keyOf = (address) => {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
};

const isGood = (response) => response.ok && response.type === "basic" && !response.redirected;

const keep = async (address, response) => {
  await filesOf(response, address, bringFile);
  await (await caches.open(PAGES)).put(keyOf(address), response);
  await sweep();
};

const age = (response) => Date.now() - Date.parse(response.headers.get("Date") ?? 0);

// Old pages go, and old files that no kept page needs.
const sweep = async () => {
  const [pages, files] = await Promise.all([caches.open(PAGES), caches.open(FILES)]);
  const kept = [];
  for (const request of await pages.keys()) {
    kept.push({ address: request.url, page: await pages.match(request, { ignoreVary: true }) });
  }
  kept.sort((one, other) => age(one.page) - age(other.page));
  for (const { address } of kept.slice(PAGES_KEPT)) await pages.delete(address);
  const needed = new Set();
  for (const { address, page } of kept.slice(0, PAGES_KEPT)) {
    for (const file of await filesOf(page, address, keptFile)) needed.add(file);
  }
  for (const request of await files.keys()) {
    if (needed.has(request.url)) continue;
    const file = await files.match(request, { ignoreVary: true });
    if (age(file) > GONE_AFTER) await files.delete(request);
  }
};

const answerPage = (event) => {
  const address = event.request.url;
  const network = fetch(event.request);
  const kept = caches.open(PAGES).then((pages) => pages.match(keyOf(address), { ignoreVary: true }));
  // A page that was kept before is kept as it is now, even if it comes too late to be shown.
  event.waitUntil(
    Promise.all([network, kept])
      .then(([response, before]) => before && isGood(response) && keep(address, response.clone()))
      .catch(() => {}),
  );
  return kept.then((before) => {
    if (!before) return network;
    const late = new Promise((resolve) => setTimeout(resolve, TOO_LONG, before));
    const soon = network.then(
      (response) => (response.status >= 500 ? before : response),
      () => before,
    );
    return Promise.race([soon, late]);
  });
};

const answerFile = async (request) => {
  const kept = await keptFile(request.url);
  if (kept && HASHED.test(new URL(request.url).pathname)) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(answerPage(event));
  else if (request.url.startsWith(STATIC)) event.respondWith(answerFile(request));
});

// offline.js asks for its page: whether all of it is here now, and if not, what went wrong.
const keepAsked = async (address) => {
  try {
    const response = await fetch(address, { redirect: "error" });
    if (!isGood(response)) throw new Error(`${address}: ${response.status}`);
    await keep(address, response);
    return { isKept: true };
  } catch (error) {
    const pages = await caches.open(PAGES);
    const before = await pages.match(keyOf(address), { ignoreVary: true });
    return { isKept: Boolean(before), trouble: String(error) };
  }
};

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (!event.data?.keep || !port) return;
  event.waitUntil(keepAsked(event.data.keep).then((answer) => port.postMessage(answer)));
});

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([self.clients.claim(), sweep()])),
);
