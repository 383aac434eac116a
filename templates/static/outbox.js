// Drafts, photos and reports that have not been sent yet, kept on the phone in IndexedDB. What somebody typed is lost neither by
// a bad network nor by a closed tab, and reaches the program exactly once: each report and each photo has its own id, and the
// program answers a repeated one with the first answer. Nothing here needs a service worker, locks or randomUUID, which are
// absent without TLS. Floor: Chromium 87, iOS 14.1.
//
// Records carry their owner, the signed-in person: on a shared phone nobody sees or sends what is another's.
//   draft:  key -> {owner, form, photos}             what is being filled in
//   outbox: {id, owner, url, page, fields, photos, draft, form, label, at, tries, state: wait|fix, why}
//   photo:  {id, owner, draft, item, buf, type, taken, up: 0 to send | 1 sent | -1 refused, why}; item: the report it went into
//   meta:   owner, and sent:<draft key> -> {at, version, late, lost}, the program's last answer

const NAME = 'fugong', VERSION = 1;
const PATIENCE = 2e3, ATTEMPTS = 4; // to open the database, which the page before may still hold while it goes
const LONGEST = 60e3, PHOTO_SIDE = 1600, PHOTO_BYTES = 350e3;

let opened; // the promise of the database
let owner = '';

function database() {
  if (!opened) opened = new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    const patience = setTimeout(() => { opened = null; failed(new Error('indexedDB does not answer')); }, PATIENCE);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore('draft');
      db.createObjectStore('outbox', {keyPath: 'id'});
      db.createObjectStore('photo', {keyPath: 'id'});
      db.createObjectStore('meta');
    };
    asked.onsuccess = () => {
      clearTimeout(patience);
      const db = asked.result;
      if (!opened) return db.close(); // too late: it was asked for again
      db.onversionchange = () => { db.close(); opened = null; };
      db.onclose = () => { opened = null; };
      done(db);
    };
    asked.onerror = () => { clearTimeout(patience); opened = null; failed(asked.error); };
  });
  return opened;
}

// release closes the database, so that the next page does not have to wait for this one.
function release() {
  if (opened) opened.then(db => db.close(), () => {});
  opened = null;
}

// transact runs fn on one transaction and gives the result of the request that fn returns, once everything is written.
async function transact(stores, mode, fn) {
  const db = await database();
  return new Promise((done, failed) => {
    const t = db.transaction(stores, mode);
    let request;
    t.oncomplete = () => done(request ? request.result : undefined);
    t.onabort = t.onerror = () => failed(t.error || new Error('indexedDB'));
    request = fn(t);
  });
}

const read = (store, key) => transact([store], 'readonly', t => t.objectStore(store).get(key));
const readAll = store => transact([store], 'readonly', t => t.objectStore(store).getAll());

// amend changes a record that is still there; one that another tab has dealt with in the meantime stays away.
const amend = (store, key, change) => transact([store], 'readwrite', t => {
  const s = t.objectStore(store);
  const got = s.get(key);
  got.onsuccess = () => { if (got.result) s.put(Object.assign(got.result, change)); };
});

// uuid makes a random id, also where randomUUID is missing.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = b[6] & 15 | 64;
  b[8] = b[8] & 63 | 128;
  const hex = Array.from(b, x => x.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

// Drafts ---------------------------------------------------------------------------------------------------------------------

const place = key => owner + ' ' + key;

// saveDraft keeps what is being filled in: form is whatever the page can fill in again, photos their ids by field.
export const saveDraft = (key, form, photos) => transact(['draft'], 'readwrite', t => {
  t.objectStore('draft').put({owner, form, photos, at: Date.now()}, place(key));
});

// draft gives {form, photos} as saved, or undefined.
export const draft = key => read('draft', place(key));

// dropDraft forgets a draft and its photos.
export async function dropDraft(key) {
  const all = await readAll('photo');
  await transact(['draft', 'photo'], 'readwrite', t => {
    t.objectStore('draft').delete(place(key));
    for (const p of all) if (p.draft === place(key) && !p.item) t.objectStore('photo').delete(p.id);
  });
}

// Photos ---------------------------------------------------------------------------------------------------------------------

function picture(file) {
  return new Promise((done, failed) => {
    const img = new Image(), url = URL.createObjectURL(file);
    img.onload = () => { URL.revokeObjectURL(url); done(img); };
    img.onerror = () => { URL.revokeObjectURL(url); failed(new Error('not a picture')); };
    img.src = url;
  });
}

async function decode(file) {
  try {
    return await createImageBitmap(file, {imageOrientation: 'from-image'});
  } catch (_) {
    return picture(file);
  }
}

// shrink makes a JPEG of at most 1600 pixels a side and, where it can, 350 KB. What the browser cannot read goes as it is: the
// program may know better, and says so when it does not.
async function shrink(file) {
  let bitmap;
  try {
    bitmap = await decode(file);
  } catch (_) {
    return file;
  }
  const width = bitmap.naturalWidth || bitmap.width, height = bitmap.naturalHeight || bitmap.height;
  const scale = Math.min(1, PHOTO_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  if (bitmap.close) bitmap.close();
  let small = null;
  for (const quality of [.8, .68, .55, .42]) {
    small = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
    if (small && small.size <= PHOTO_BYTES) break;
  }
  canvas.width = canvas.height = 0; // gives the memory back at once
  return small || file;
}

let shrinking = Promise.resolve();

// addPhoto shrinks a photo, one at a time for the memory's sake, keeps it for a draft and sends it off. Bytes are kept as an
// ArrayBuffer: WebKit has lost Blobs more than once. Its time is what the phone claims.
export function addPhoto(key, file) {
  const added = shrinking.then(async () => {
    const small = await shrink(file);
    const photo = {id: uuid(), owner, draft: place(key), buf: await small.arrayBuffer(), type: small.type || file.type,
      taken: file.lastModified || 0, original: file.size, up: 0};
    await transact(['photo'], 'readwrite', t => { t.objectStore('photo').put(photo); });
    flush(true);
    return photo;
  });
  shrinking = added.catch(() => {});
  return added;
}

// photo gives a kept photo, or undefined.
export const photo = id => read('photo', id);

// dropPhoto forgets a photo that is not wanted after all.
export const dropPhoto = id => transact(['photo'], 'readwrite', t => { t.objectStore('photo').delete(id); });

// The queue ------------------------------------------------------------------------------------------------------------------

// submit puts a report into the queue and takes its draft away, both or neither, and tries to send it at once.
// report: {url, fields: [[name, value]] of the form as it would be posted, photos: [{id, field}], draft: key, label,
// page: where it is filled in, form: what takeBack has to restore}.
export async function submit(report) {
  const item = Object.assign({id: uuid(), owner, at: Date.now(), tries: 0, state: 'wait'}, report, {draft: place(report.draft)});
  await transact(['outbox', 'draft', 'photo', 'meta'], 'readwrite', t => {
    t.objectStore('outbox').put(item);
    t.objectStore('draft').delete(item.draft);
    t.objectStore('meta').delete('sent:' + item.draft);
    belong(t, item.photos, item.id);
  });
  changed();
  flush(true);
  return item.id;
}

function belong(t, photos, id) {
  const all = t.objectStore('photo');
  for (const p of photos) {
    const got = all.get(p.id);
    got.onsuccess = () => { if (got.result) all.put(Object.assign(got.result, {item: id})); };
  }
}

// takeBack turns a report that was refused into a draft again, to be put right.
export async function takeBack(id) {
  const item = await read('outbox', id);
  if (!item || item.owner !== owner) return;
  await transact(['outbox', 'draft', 'photo'], 'readwrite', t => {
    t.objectStore('outbox').delete(id);
    t.objectStore('draft').put({owner, form: item.form, photos: item.photos, why: item.why, at: Date.now()}, item.draft);
    belong(t, item.photos, '');
  });
  changed();
}

// retry sends a refused report once more as it is.
export async function retry(id) {
  await amend('outbox', id, {state: 'wait', why: null});
  return flush(true);
}

// items lists what this person still has to send, oldest first.
export async function items() {
  const all = await readAll('outbox');
  return all.filter(i => i.owner === owner).sort((a, b) => a.at - b.at);
}

// sent gives the program's last answer to the report of a draft: {at, version, late, lost}, or undefined.
export const sent = key => read('meta', 'sent:' + place(key));

// state sums up: {waiting and fixing: reports, photos: how many are still to send, signIn, others: how many reports of others}.
export async function state() {
  const all = await readAll('outbox'), pictures = await readAll('photo');
  const mine = all.filter(i => i.owner === owner);
  return {
    waiting: mine.filter(i => i.state === 'wait'),
    fixing: mine.filter(i => i.state === 'fix'),
    photos: pictures.filter(p => p.owner === owner && p.up === 0).length,
    others: all.length - mine.length,
    signIn,
  };
}

// Sending --------------------------------------------------------------------------------------------------------------------

let busy = null, nextTry = 0, timer = 0, fails = 0, signIn = false;

const changed = () => {
  dispatchEvent(new CustomEvent('outbox'));
  try {
    localStorage.setItem('fugong-outbox', String(Date.now())); // other tabs hear it
  } catch (_) {}
};

// flush sends what there is, unless that is being done or too soon; force does not wait.
export function flush(force) {
  if (busy) {
    if (force) busy.again = true;
    return busy;
  }
  if (!owner || !force && Date.now() < nextTry) return Promise.resolve();
  const run = () => send().catch(() => { failed(); });
  const alone = navigator.locks ? navigator.locks.request('fugong-outbox', {ifAvailable: true}, lock => lock ? run() : soon()) : run();
  const mine = alone.then(() => {
    busy = null;
    changed();
    return mine.again ? flush(true) : undefined;
  });
  busy = mine;
  return mine;
}

// soon looks again when another tab, which is sending, has finished: it may not have seen what was added last.
function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => flush(true), 1e3);
}

// failed waits longer each time, from 2 s to a minute, and not all phones at the same moment.
function failed() {
  fails++;
  const wait = Math.min(LONGEST, 1e3 * Math.pow(2, Math.min(fails, 6))) * (.75 + Math.random() / 2);
  nextTry = Date.now() + wait;
  clearTimeout(timer);
  timer = setTimeout(() => flush(), wait + 50);
}

const GONE = 'gone', LOGIN = 'login', LATER = 'later', DEAD = 'dead', DONE = 'done';

// request makes one request and says what came of it. Only an answer of the program counts: a network that wants a password
// answers with pages of its own.
async function request(method, url, headers, body, seconds) {
  const control = new AbortController(), alarm = setTimeout(() => control.abort(), seconds * 1e3);
  try {
    const r = await fetch(url, {method, body, signal: control.signal, credentials: 'same-origin', redirect: 'error',
      headers: Object.assign({'Accept': 'application/json', 'X-Account': encodeURIComponent(account), 'X-Form-Token': formToken()}, headers)});
    if (!r.headers.get('X-Request-Id')) return {outcome: GONE};
    if (r.status === 401) return {outcome: LOGIN};
    if (r.ok) return {outcome: DONE, answer: await r.json().catch(() => ({}))};
    if (r.status < 500 && r.status !== 408 && r.status !== 429) return {outcome: DEAD, answer: await r.json().catch(() => ({})), status: r.status};
    return {outcome: LATER};
  } catch (_) {
    return {outcome: GONE};
  } finally {
    clearTimeout(alarm);
  }
}

function formToken() {
  const field = document.querySelector('input[name="form_token"]');
  return field ? field.value : '';
}

const reason = got => ({status: got.status, detail: got.answer.detail || '', errors: got.answer.errors || []});

// send sends photos first, then the reports whose photos are all settled. One that the program cannot take now waits, the rest
// goes on; without a network or a session nothing does.
async function send() {
  let held = false;
  for (const p of await readAll('photo')) {
    if (p.owner !== owner || p.up !== 0) continue;
    const outcome = await sendPhoto(p);
    if (outcome === GONE || outcome === LOGIN) return pause(outcome);
    held = held || outcome === LATER;
  }
  const waiting = new Set(); // drafts of which an older report is still here: the order of versions holds
  for (const item of await items()) {
    if (item.state !== 'wait') continue;
    if (waiting.has(item.draft) || await unsettled(item)) {
      waiting.add(item.draft);
      continue;
    }
    const outcome = await sendReport(item);
    if (outcome === GONE || outcome === LOGIN) return pause(outcome);
    if (outcome === LATER) waiting.add(item.draft);
    held = held || outcome === LATER;
  }
  signIn = false;
  if (held) return failed();
  fails = nextTry = 0;
}

function pause(outcome) {
  signIn = outcome === LOGIN;
  failed();
}

async function unsettled(item) {
  for (const {id} of item.photos) {
    const p = await photo(id);
    if (p && p.up === 0) return true;
  }
  return false;
}

async function sendPhoto(p) {
  const type = p.type || 'application/octet-stream';
  const query = p.taken ? '?taken_at=' + encodeURIComponent(new Date(p.taken).toISOString()) : '';
  const got = await request('PUT', '/api/v1/photos/' + p.id + query, {'Content-Type': type}, new Blob([p.buf], {type}), 120);
  if (got.outcome === DONE) await amend('photo', p.id, {up: 1});
  if (got.outcome === DEAD) await amend('photo', p.id, {up: -1, why: reason(got)});
  changed();
  return got.outcome;
}

// sendReport sends the form as it was filled in, but for photos that were refused: those cannot come any more, and hold up
// nothing. The report's id is the form's key, so that it counts once however often it is sent.
async function sendReport(item) {
  const body = new URLSearchParams();
  for (const [name, value] of item.fields) body.append(name, value);
  let lost = 0;
  for (const {id, field} of item.photos) {
    const p = await photo(id);
    if (p && p.up === -1) lost++;
    else body.append(field, id);
  }
  body.append('key', item.id);
  body.append('form_token', formToken());
  const got = await request('POST', item.url, {}, body, 60);
  if (got.outcome === DONE) await delivered(item, got.answer, lost);
  else if (got.outcome === DEAD) await amend('outbox', item.id, {state: 'fix', why: reason(got)});
  else await amend('outbox', item.id, {tries: item.tries + 1});
  changed();
  return got.outcome;
}

const delivered = (item, answer, lost) => transact(['outbox', 'photo', 'meta'], 'readwrite', t => {
  t.objectStore('outbox').delete(item.id);
  for (const p of item.photos) t.objectStore('photo').delete(p.id);
  t.objectStore('meta').put({at: answer.received_at || '', version: answer.version || 0, late: !!answer.late, lost},
    'sent:' + item.draft);
});

// Whose phone it is ----------------------------------------------------------------------------------------------------------

let account = '';

// wipe forgets everything on this phone: drafts, reports, photos, pages.
export async function wipe() {
  owner = '';
  await transact(['draft', 'outbox', 'photo', 'meta'], 'readwrite', t => {
    for (const name of ['draft', 'outbox', 'photo', 'meta']) t.objectStore(name).clear();
  });
  await forgetPages();
}

// forgetOthers wipes what others handed in on this phone and never arrived.
export async function forgetOthers() {
  const all = await readAll('outbox'), pictures = await readAll('photo');
  await transact(['outbox', 'photo'], 'readwrite', t => {
    for (const i of all) if (i.owner !== owner) t.objectStore('outbox').delete(i.id);
    for (const p of pictures) if (p.owner !== owner) t.objectStore('photo').delete(p.id);
  });
}

async function forgetPages() {
  if (!self.caches) return;
  for (const name of await caches.keys()) await caches.delete(name);
}

// own makes the phone that of a person in a role. What another one typed but did not hand in is forgotten, and the pages he saw
// with it; what he handed in and is not sent yet stays for him, unseen, until he comes back or it is wiped.
async function own(name, role) {
  const now = name + ' ' + role;
  const before = await read('meta', 'owner');
  if (before !== undefined && before !== now) {
    const pictures = await readAll('photo');
    await transact(['draft', 'photo', 'meta'], 'readwrite', t => {
      t.objectStore('draft').clear();
      t.objectStore('meta').clear();
      for (const p of pictures) if (!p.item) t.objectStore('photo').delete(p.id);
    });
    await forgetPages();
  }
  await transact(['meta'], 'readwrite', t => { t.objectStore('meta').put(now, 'owner'); });
  owner = now;
  account = name;
}

// exists reports whether anything was ever kept here. A page that only looks does not make the database: left while it is being
// made, a page can hold it shut for the next one.
export const exists = async () => !indexedDB.databases || (await indexedDB.databases()).some(d => d.name === NAME);

// start begins to send for a person: now, whenever there may be a network again, and every 30 seconds.
export async function start(name, role) {
  for (let left = ATTEMPTS; ; left--) {
    try {
      await database();
      break;
    } catch (e) {
      if (left === 1) throw e;
    }
  }
  await own(name, role);
  const now = () => flush(true);
  addEventListener('online', now);
  addEventListener('pageshow', now);
  addEventListener('pagehide', () => setTimeout(release)); // after whatever is saved at the last moment
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') now(); });
  addEventListener('storage', e => { if (e.key === 'fugong-outbox') dispatchEvent(new CustomEvent('outbox')); });
  setInterval(() => flush(), 30e3);
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  now();
}
