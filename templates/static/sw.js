// Lets the daily checklist open without a network, and nothing else: it never touches what is sent, and never keeps a redirect,
// for a sign-in page must not become the page that opens offline. Everything works without it once a page is open.

const PAGES = 'pages-1', FILES = 'files-1', PATIENCE = 4000; // ms until the kept page is shown instead
const isForm = path => /^\/sections\/[^/]+\/checklist$/.test(path);

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', e => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== PAGES && name !== FILES) await caches.delete(name);
  await self.clients.claim();
})()));

// A page that was opened before there was a worker tells what it consists of.
self.addEventListener('message', e => e.waitUntil((async () => {
  if (!e.data || !Array.isArray(e.data.files)) return;
  const files = await caches.open(FILES);
  for (const url of e.data.files) if (!await files.match(url)) await keepFile(files, url, await fetch(url));
  if (isForm(new URL(e.data.page).pathname)) await keepPage(e.data.page, await fetch(e.data.page));
})().catch(() => {})));

self.addEventListener('fetch', e => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/static/')) e.respondWith(file(e.request));
  else if (e.request.mode === 'navigate' && isForm(url.pathname)) e.respondWith(page(e));
});

// file serves a static file, whose name changes with its content, from what is kept.
async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  await keepFile(files, request.url, answer.clone());
  return answer;
}

// keepFile keeps a static file instead of its earlier versions: app.1a2b3c.css replaces app.000000.css.
async function keepFile(files, url, answer) {
  if (!answer.ok || answer.redirected) return;
  const stem = u => new URL(u, location.origin).pathname.replace(/\.[0-9a-f]+\./, '.');
  for (const old of await files.keys()) if (stem(old.url) === stem(url) && old.url !== url) await files.delete(old);
  await files.put(url, answer);
}

// page asks the network first; when that fails or takes too long, the kept page comes, marked as such.
async function page(e) {
  const pages = await caches.open(PAGES);
  const kept = await pages.match(e.request, {ignoreSearch: true});
  const asked = fetch(e.request).then(async answer => {
    await keepPage(e.request.url, answer.clone());
    return answer;
  });
  e.waitUntil(asked.catch(() => {}));
  if (!kept) return asked;
  const late = new Promise(done => setTimeout(done, PATIENCE));
  const first = await Promise.race([asked.catch(() => null), late]);
  return first || marked(kept);
}

async function keepPage(url, answer) {
  const kind = answer.headers.get('Content-Type') || '';
  if (!answer.ok || answer.redirected || answer.type !== 'basic' || !kind.startsWith('text/html')) return;
  if (new URL(url).search) return; // of another day, or a correction
  const pages = await caches.open(PAGES);
  await pages.put(new URL(url).pathname, answer);
}

// marked says in the page that it is a kept one.
async function marked(kept) {
  const html = await kept.text();
  return new Response(html.replace('<html ', '<html data-kept '), {status: 200, headers: kept.headers});
}
