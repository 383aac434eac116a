// Tries what the phone pages need and says what came of it.

const table = document.querySelector('#diag');
const words = table.dataset;

function once(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

// kept writes bytes as the pages do and reads them back: having indexedDB does not mean that it works.
async function kept() {
  const asked = indexedDB.open('fugong-diag', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('x');
  const db = await once(asked);
  try {
    const t = db.transaction(['x'], 'readwrite');
    t.objectStore('x').put({buf: new Uint8Array([1, 2, 3]).buffer}, 1);
    const got = await once(t.objectStore('x').get(1));
    return new Uint8Array(got.buf)[2] === 3;
  } finally {
    db.close();
    indexedDB.deleteDatabase('fugong-diag');
  }
}

async function bitmap() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 2;
  const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg'));
  const made = await createImageBitmap(blob, {imageOrientation: 'from-image'});
  return made.width === 2;
}

async function storage() {
  const e = await navigator.storage.estimate();
  const mb = n => (n / 1048576).toFixed(1) + ' MB';
  return mb(e.usage) + ' / ' + mb(e.quota);
}

// span says seconds in the largest unit of which there are two at least.
function span(seconds) {
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]].find(([, size]) => Math.abs(seconds) >= 2 * size || size === 1);
  return words[unit].replace('{n}', Math.round(seconds / size));
}

const checks = {
  secure: () => self.isSecureContext,
  worker: () => 'serviceWorker' in navigator,
  kept,
  locks: () => !!navigator.locks,
  uuid: () => !!crypto.randomUUID,
  bitmap,
  storage,
  skew: () => span(Math.round((loaded - Number(words.now)) / 1000)),
  screen: () => innerWidth + ' × ' + innerHeight + ' @' + devicePixelRatio,
};

const loaded = performance.timeOrigin + (performance.getEntriesByType('navigation')[0] || {responseStart: 0}).responseStart;

async function outcome(check) {
  try {
    const got = await check();
    return typeof got === 'boolean' ? (got ? words.yes : words.no) : got;
  } catch (e) {
    return words.no + ' (' + e.name + ')';
  }
}

async function run() {
  const lines = [];
  for (const row of table.querySelectorAll('tr')) {
    const name = row.dataset.check;
    if (checks[name]) row.lastElementChild.textContent = await outcome(checks[name]);
    lines.push(name + ': ' + row.lastElementChild.textContent);
  }
  document.querySelector('#diag-text').value = lines.join('\n');
  document.querySelector('#diag-send').hidden = false;
  document.documentElement.dataset.ready = '1';
}

document.querySelector('#diag-copy').addEventListener('click', () => {
  const text = document.querySelector('#diag-text');
  text.select();
  document.querySelector('#diag-copied').hidden = !document.execCommand('copy');
});

run();
