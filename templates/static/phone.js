// What every page of a manager does with what the phone keeps: says what has not arrived yet, sends it, and warns before it is
// wiped. Words come from the markup of partials/phone.html.

const home = document.querySelector('#phone');
const words = home.dataset;
const strip = document.querySelector('#phone-strip');
const line = document.querySelector('#phone-line').content;

const say = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => name in values ? values[name] : all);
const clock = at => at.slice(11, 16); // of an RFC 3339 time in the program's zone

let outbox;

// told makes one line of the strip: an icon by kind, a text, and what can be done about it.
function told(kind, text, ...acts) {
  const p = line.cloneNode(true).firstElementChild;
  p.dataset.kind = kind;
  p.querySelector('span').textContent = text;
  p.append(...acts);
  return p;
}

function button(word, act) {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'btn';
  b.textContent = word;
  b.addEventListener('click', act);
  return b;
}

function link(word, href) {
  const a = document.createElement('a');
  a.className = 'btn';
  a.textContent = word;
  a.href = href;
  return a;
}

// why tells in words why the program refused something.
function why(refusal) {
  const parts = [refusal.detail].concat(refusal.errors.map(e => e.message));
  return parts.filter((p, i) => p && parts.indexOf(p) === i).join(words.and) || words.unknown;
}

async function lines() {
  const s = await outbox.state();
  const all = [];
  if (document.documentElement.dataset.kept !== undefined) all.push(told('off', words.kept));
  if (s.signIn) {
    all.push(told('login', words.signin, link(words.login, '/login?next=' + encodeURIComponent(location.pathname + location.search))));
  }
  if (s.waiting.length || s.photos) {
    const n = s.waiting.length ? say(words.waiting, {n: s.waiting.length}) : say(words.photos, {n: s.photos});
    all.push(told('wait', n, button(words.send, () => outbox.flush(true))));
  }
  for (const item of s.fixing) {
    all.push(told('fix', say(words.refused, {what: item.label, why: why(item.why)}),
      button(words.correct, async () => { await outbox.takeBack(item.id); location.assign(item.page); }),
      button(words.again, () => outbox.retry(item.id))));
  }
  if (s.others) {
    all.push(told('other', say(words.others, {n: s.others}), button(words.wipe, async () => {
      if (confirm(words.surely)) { await outbox.forgetOthers(); await draw(); }
    })));
  }
  return {state: s, all};
}

let drawing = Promise.resolve();

// draw says how things stand; html[data-waiting], [data-fixing] and [data-photos] say it to tests and styles.
function draw() {
  drawing = drawing.then(async () => {
    const {state, all} = await lines();
    strip.replaceChildren(...all);
    strip.hidden = !all.length;
    const root = document.documentElement.dataset;
    root.waiting = state.waiting.length;
    root.fixing = state.fixing.length;
    root.photos = state.photos;
    pill(state);
  }).catch(() => {});
  return drawing;
}

// pill is the short mark in the head of phone pages.
function pill(state) {
  const net = document.querySelector('#net');
  if (!net) return;
  const n = state.waiting.length;
  net.hidden = navigator.onLine && !n;
  net.dataset.s = navigator.onLine ? 'on' : 'off';
  net.textContent = n ? say(words.pill, {n}) : words.offline;
}

// leave guards signing out: what has not arrived yet would be gone. Everything kept is wiped, also where the program's own
// Clear-Site-Data is not heard, which is without TLS.
function leave(form) {
  let sure = false;
  form.addEventListener('submit', async e => {
    if (sure) return;
    e.preventDefault();
    const s = await outbox.state();
    const n = s.waiting.length + s.fixing.length;
    if (n && !confirm(say(words.leave, {n}))) return;
    await outbox.wipe().catch(() => {});
    sure = true;
    form.submit();
  });
}

// work lets pages open without a network, where there is a worker. One that was not there when this page came is told what the
// page consists of.
async function work() {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('/sw.js');
  const ready = await navigator.serviceWorker.ready;
  if (await caches.match(location.pathname)) return;
  const files = Array.from(document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]'), e => e.href || e.src);
  ready.active.postMessage({page: location.href, files});
}

// open starts the outbox and gives it, or null where the browser keeps nothing: then forms are sent as forms always were.
async function open() {
  try {
    const module = await import(words.outbox);
    if (!document.querySelector('#checklist') && !await module.exists()) {
      work().catch(() => {});
      return null;
    }
    await module.start(words.user, words.role);
    outbox = module;
  } catch (e) {
    document.documentElement.dataset.ready = 'plain';
    document.documentElement.dataset.trouble = String(e);
    return null;
  }
  for (const name of ['outbox', 'online', 'offline']) addEventListener(name, draw);
  const out = document.querySelector('form[action="/logout"]');
  if (out) leave(out);
  await draw();
  work().catch(() => {});
  return outbox;
}

// ready is the opened outbox, for the script of a page.
export const ready = open();
export {say, clock, why, words};
