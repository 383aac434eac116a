// The daily checklist on a phone: counts what is left, confirms the rest of a step, takes photos, keeps a draft, shows the review
// and hands the form over to the outbox. All of it works without this script, too, by the program's own steps; what is asked and
// what is wrong follows the same rules as there (internal/daily). Words come from the markup of pages/checklist.html.

const form = document.querySelector('#checklist');
const words = form.dataset;
const key = 'checklist ' + words.section + ' ' + words.date;
const all = (selector, within) => Array.from((within || form).querySelectorAll(selector));
const one = (selector, within) => (within || form).querySelector(selector);

let outbox = null, photos = [], say, clock, wording;

// What stands in the form --------------------------------------------------------------------------------------------------

const asks = all('fieldset.ask');
const code = ask => ask.id.slice('i-'.length);
const field = name => form.elements.namedItem(name);
const valueOf = name => (field(name) ? field(name).value.trim() : '');
const choice = ask => valueOf('answer.' + code(ask));
const usual = ask => one('input[data-usual]', ask);
const typed = ask => all('input[data-typed]', ask);
const reasons = ask => all('input[name^="reason."]', ask);
const photosOf = ask => photos.filter(p => p.field === 'photos.' + code(ask)).concat(all('input[name^="photos."]', ask));
const stopped = () => valueOf('answer.A1') === 'no';
const wanted = ask => !stopped() || 'stopped' in ask.dataset;
const stepOf = ask => ask.closest('.chk-step');
const titleOf = ask => one('legend', ask).textContent.trim();

// amiss: an answer that wants a reason and words.
const amiss = ask => choice(ask) === 'no' && !('state' in ask.dataset) || ask.dataset.kind === 'words' && choice(ask) === 'yes';

// problems lists what is missing or wrong about an item: {field, what}.
function problems(ask) {
  const found = [], c = code(ask), add = (f, what) => found.push({field: f + '.' + c, what});
  const numbers = typed(ask);
  for (const n of all('input[name^="number."]', ask)) {
    if (n.value.trim() && !/^\d+(\.\d{1,3})?$/.test(n.value.trim())) found.push({field: n.name, what: 'number'});
    else if (numbers.includes(n) && !n.value.trim()) found.push({field: n.name, what: 'missing'});
  }
  const words = ask.dataset.kind === 'words' && valueOf('remark.' + c);
  if (!numbers.length && !choice(ask) && !words) add('answer', 'missing');
  if (amiss(ask) && reasons(ask).length && !reasons(ask).some(r => r.checked)) add('reason', 'reason');
  if (amiss(ask) && !valueOf('remark.' + c)) add('remark', 'remark');
  if ((drawn(ask) || choice(ask) === 'no' && 'photo' in ask.dataset) && !photosOf(ask).length) add('photo', 'photo');
  return found;
}

const drawn = ask => 'drawn' in ask.dataset;
const done = ask => !problems(ask).length;

// unlikely tells the numbers that are asked about once: other than the registers', or a fifth away from yesterday's.
function unlikely() {
  const found = [];
  for (const ask of asks.filter(wanted)) {
    for (const n of typed(ask)) {
      const value = parseFloat(n.value), known = parseFloat(n.dataset.known), before = parseFloat(n.dataset.yesterday);
      const label = one('label[for="' + n.id + '"]', ask).textContent;
      if (!isNaN(known)) {
        if (known !== value) found.push({name: n.name, value: n.value.trim(), label, text: say(words.roster, {n: n.dataset.known})});
      } else if (Math.abs(value - before) * 100 > before * 20) {
        found.push({name: n.name, value: n.value.trim(), label, text: say(words.before, {n: n.dataset.yesterday})});
      }
    }
  }
  return found;
}

// Progress -----------------------------------------------------------------------------------------------------------------

// count shows how far one is: the bar, the steps, and what is left.
function count() {
  const marks = all('.ph-prog .bar i');
  let left = 0, first = null, total = 0;
  asks.forEach((ask, i) => {
    ask.hidden = !wanted(ask);
    const ready = done(ask);
    if (marks[i]) {
      marks[i].hidden = ask.hidden;
      marks[i].className = choice(ask) === 'no' && amiss(ask) ? 'x' : ready ? '' : 'e';
    }
    if (ask.hidden) return;
    total++;
    if (ready) return;
    left++;
    first = first || ask;
  });
  one('#progress').textContent = say(words.progress, {done: total - left, total});
  const link = one('#left');
  link.textContent = left ? say(words.left, {n: left}) : words.complete;
  link.href = '#' + (first ? first.id : 'progress');
  all('.chk-fold input').forEach((n, i) => { all('.chk-fold b')[i].textContent = n.value.trim() || '—'; });
  for (const step of all('.chk-step')) countStep(step);
}

function countStep(step) {
  const mine = asks.filter(a => stepOf(a) === step && wanted(a));
  const ready = mine.filter(done).length, rest = mine.filter(confirmable).length;
  step.hidden = !mine.length;
  one('.chk-cnt', step).textContent = ready + ' / ' + mine.length;
  for (const ask of mine) ask.classList.toggle('chk-put', confirmedTogether(ask));
  const together = mine.filter(confirmedTogether).length;
  one('span.done', step).hidden = ready < mine.length || together > 0;
  one('[data-fold]', step).hidden = !together;
  one('[data-fold] span', step).textContent = say(words.bulks, {n: together});
  const bulk = one('[data-bulk]', step);
  bulk.hidden = !rest;
  bulk.textContent = say(rest === 1 ? words.restOne : words.rest, {n: rest});
}

const confirmedTogether = ask => valueOf('how.' + code(ask)) === 'bulk' && done(ask) && !amiss(ask);

// fold puts away what was confirmed together in a step, and gets it back. What was looked at by itself, and what is left, stays.
function fold(step, away) {
  step.classList.toggle('chk-step--folded', away);
  one('[data-fold]', step).setAttribute('aria-expanded', String(!away));
}

// confirmable: not answered yet, and nothing about it asks for a look of its own.
const confirmable = ask => wanted(ask) && !ask.dataset.alone && !choice(ask) && usual(ask);

// confirmRest answers the rest of a step as usual, once the heads have been counted: a day begins with looking.
function confirmRest(step) {
  const missing = asks.filter(wanted).flatMap(typed).find(n => !n.value.trim());
  if (missing) {
    complain(missing.closest('fieldset'), [{field: missing.name, message: words.numbersFirst}]);
    missing.focus();
    return;
  }
  for (const ask of asks) if (stepOf(ask) === step && confirmable(ask)) answer(ask, 'bulk');
  changed();
  fold(step, true);
  one('[data-fold]', step).focus();
}

function answer(ask, how) {
  usual(ask).checked = true;
  stamp(ask, how);
}

// stamp notes how and when an item was answered.
function stamp(ask, how) {
  field('how.' + code(ask)).value = how;
  field('at.' + code(ask)).value = new Date().toISOString();
}

// What is wrong -------------------------------------------------------------------------------------------------------------

function complain(ask, messages) {
  quiet(ask);
  fold(stepOf(ask), false);
  for (const m of messages) {
    const p = document.createElement('p');
    p.className = 'msg chk-msg';
    p.id = 'w-' + m.field;
    const named = field(m.field), cell = named instanceof HTMLElement && named.closest('.chk-nums > div');
    p.textContent = cell ? say(words.problem, {label: one('label', cell).textContent, message: m.message}) : m.message;
    if (named instanceof HTMLElement) {
      named.setAttribute('aria-invalid', 'true');
      named.setAttribute('aria-describedby', p.id);
    }
    if (cell) figures(ask);
    if (cell) cell.append(p);
    else before(ask, m.field, p);
  }
}

// before puts a message above its field where more is asked, else below the item.
function before(ask, name, p) {
  const at = one('.exc [id="f-' + name + '"]', ask);
  if (at) (at.closest('.opts,.shots') || at).before(p);
  else ask.append(p);
}

// figures unfolds the figures of an item, where they are folded.
function figures(ask) {
  const folded = one('.chk-fold', ask);
  if (folded) folded.open = true;
}

function quiet(ask) {
  for (const p of all('.msg', ask)) p.remove();
  for (const e of all('[aria-invalid]', ask)) e.removeAttribute('aria-invalid');
}

// refuse shows what the form lacks: a list with links above, and each at its field.
function refuse() {
  const all = [], summary = one('#chk-probs');
  for (const ask of asks.filter(wanted)) {
    const found = problems(ask).map(p => ({field: p.field, message: words['wrong' + p.what[0].toUpperCase() + p.what.slice(1)]}));
    if (found.length) complain(ask, found);
    for (const p of found) all.push({field: p.field, text: say(words.problem, {label: labelOf(ask, p.field), message: p.message})});
  }
  summary.hidden = !all.length;
  one('ul', summary).replaceChildren(...all.map(linkTo));
  if (all.length) summary.focus();
  return all.length > 0;
}

// labelOf names a field: its item, and for a figure which of them.
function labelOf(ask, name) {
  const figure = name.startsWith('number.') && one('.chk-nums label[for="f-' + name + '"]', ask);
  return figure ? code(ask) + ' ' + figure.textContent : titleOf(ask);
}

function linkTo(problem) {
  const li = document.createElement('li'), a = document.createElement('a');
  a.href = '#f-' + problem.field;
  a.textContent = problem.text;
  li.append(a);
  return li;
}

// Photos -------------------------------------------------------------------------------------------------------------------

async function take(input) {
  const c = input.name.slice('photo.'.length), files = Array.from(input.files);
  input.value = '';
  for (const file of files) {
    const kept = await outbox.addPhoto(key, file);
    photos.push({id: kept.id, field: 'photos.' + c});
    await show(kept, c);
    await save();
  }
  count();
}

async function show(photo, c) {
  const shot = one('#chk-shot', document).content.cloneNode(true).firstElementChild;
  shot.dataset.photo = photo.id;
  const img = one('img', shot);
  img.src = URL.createObjectURL(new Blob([photo.buf], {type: photo.type}));
  img.onerror = () => img.remove();
  one('button', shot).addEventListener('click', async () => {
    URL.revokeObjectURL(img.src);
    shot.remove();
    photos = photos.filter(p => p.id !== photo.id);
    await save();
    await outbox.dropPhoto(photo.id);
    count();
  });
  const shots = one('[data-shots="' + c + '"]');
  shots.insertBefore(shot, one('.shot--add', shots));
  mark(shot, photo);
}

function mark(shot, photo) {
  const state = photo.up === 1 ? 'sent' : photo.up === -1 ? 'refused' : 'waiting';
  shot.dataset.state = state;
  one('span', shot).textContent = words['photo' + state[0].toUpperCase() + state.slice(1)];
  shot.title = photo.why ? wording(photo.why) : '';
}

async function marks() {
  for (const shot of all('[data-photo].shot')) {
    const photo = await outbox.photo(shot.dataset.photo);
    if (photo) mark(shot, photo);
  }
}

// The draft ----------------------------------------------------------------------------------------------------------------

const own = ['form_token', 'key', 'device_time', 'date']; // of this page, not of the draft

const fields = () => Array.from(new FormData(form)).filter(([name, value]) => typeof value === 'string' && !own.includes(name));

let touched = false, handedIn = false, timer = 0;

const save = () => touched && !handedIn && outbox ? outbox.saveDraft(key, fields(), photos) : Promise.resolve();

function changed() {
  touched = true;
  count();
  if (!asks.filter(wanted).some(a => problems(a).length)) one('#chk-probs').hidden = true;
  clearTimeout(timer);
  timer = setTimeout(() => {
    save().then(() => { form.dataset.saved = String(Date.now()); one('#kept').textContent = words.kept; }, () => {});
  }, 250);
}

// restore fills in a draft. What was answered one by one then is said to come from a draft.
async function restore(draft) {
  const values = new Map();
  for (const [name, value] of draft.form) values.set(name, (values.get(name) || []).concat(value));
  for (const e of Array.from(form.elements)) {
    if (!e.name || own.includes(e.name) || e.type === 'file' || e.type === 'submit' || e.name.startsWith('photos.')) continue;
    const given = values.get(e.name) || [];
    if (e.type === 'radio' || e.type === 'checkbox') e.checked = given.includes(e.value);
    else e.value = given.length ? given[0] : '';
  }
  for (const ask of asks) if (valueOf('how.' + code(ask)) === 'single') field('how.' + code(ask)).value = 'restored';
  photos = [];
  for (const p of draft.photos) {
    const kept = await outbox.photo(p.id);
    if (!kept) continue;
    photos.push(p);
    await show(kept, p.field.slice('photos.'.length));
  }
  if (draft.why) blame(draft.why);
}

// blame shows at the fields what the program did not accept.
function blame(why) {
  for (const e of why.errors) {
    const ask = asks.find(a => e.field.split('.')[1] === code(a) || e.field.split('.')[1].startsWith(code(a) + '.'));
    if (ask) complain(ask, [e]);
  }
}

// The review ---------------------------------------------------------------------------------------------------------------

function list(place, texts) {
  place.replaceChildren(...texts.map(text => {
    const li = document.createElement('li');
    li.textContent = text;
    return li;
  }));
}

const remarkOf = ask => [reasons(ask).filter(r => r.checked).map(r => r.parentElement.textContent).join(words.and), valueOf('remark.' + code(ask))]
  .filter(Boolean).join(words.then);

// review shows once more what will be handed in: numbers to be looked at again, exceptions, then the rest by its number.
function review() {
  const page = one('#chk-review', document).content.cloneNode(true).firstElementChild;
  const mine = asks.filter(wanted), odd = mine.filter(amiss);
  const bulk = mine.filter(a => !amiss(a) && valueOf('how.' + code(a)) === 'bulk');
  const single = mine.filter(a => !odd.includes(a) && !bulk.includes(a));
  questions(one('[data-slot=questions]', page));
  list(one('[data-slot=exceptions]', page), odd.map(a => titleOf(a) + words.colon + remarkOf(a)));
  one('[data-slot=none]', page).hidden = odd.length > 0;
  list(one('[data-slot=numbers]', page), mine.flatMap(typed).map(n => one('label[for="' + n.id + '"]').textContent + ' ' + n.value.trim()));
  one('[data-slot=singles]', page).textContent = say(words.singles, {n: single.length});
  list(one('[data-slot=single]', page), single.map(a => 'state' in a.dataset ? say(words.problem, {label: titleOf(a), message: said(a)}) : titleOf(a)));
  one('[data-slot=bulks]', page).textContent = say(words.bulks, {n: bulk.length});
  list(one('[data-slot=bulk]', page), bulk.map(titleOf));
  one('[data-act=edit]', page).addEventListener('click', () => { page.remove(); form.hidden = false; scrollTo(0, 0); });
  one('[data-act=submit]', page).addEventListener('click', e => handIn(page, e.currentTarget));
  form.hidden = true;
  form.after(page);
  scrollTo(0, 0);
  one('h2', page).focus();
}

// said is the word of the answer that is chosen.
const said = ask => one('.seg label[for="' + one('input[name^="answer."]:checked', ask).id + '"]', ask).textContent.trim();

function questions(place) {
  const found = unlikely(), question = one('template', place);
  for (const q of found) {
    const row = question.content.cloneNode(true).firstElementChild;
    one('[data-slot=what]', row).textContent = q.label + ' ' + q.value;
    one('[data-slot=against]', row).textContent = q.text;
    const box = one('input', row);
    box.name = 'confirm.' + q.name.slice('number.'.length);
    box.value = q.value;
    place.append(row);
  }
  place.hidden = !found.length;
}

// handIn gives the form to the outbox, from where it leaves now or later.
async function handIn(page, button) {
  const boxes = all('[data-slot=questions] input', page), open = boxes.find(b => !b.checked);
  if (open) {
    open.closest('.ask').classList.add('chk-unsure');
    open.focus();
    return;
  }
  button.disabled = true;
  const form_ = fields();
  handedIn = true;
  clearTimeout(timer);
  await outbox.submit({
    url: new URL(form.action).pathname, page: new URL(form.action).pathname + '?date=' + words.date, draft: key, label: words.label,
    fields: form_.concat([['date', words.date], ['device_time', new Date().toISOString()], ['step', 'submit']], boxes.map(b => [b.name, b.value])),
    form: form_, photos,
  });
  page.remove();
  await tell();
}

// tell says where a report that was handed in is: on this phone, or arrived. It returns false when there is none.
async function tell() {
  const items = (await outbox.items()).filter(i => i.draft.endsWith(key));
  const got = await outbox.sent(key);
  const waiting = items.find(i => i.state === 'wait');
  if (waiting) handedIn = true;
  if (!handedIn) return false;
  let panel = one('#chk-sent', document);
  panel.hidden = false;
  form.hidden = true;
  const state = waiting ? 'waiting' : items.length ? 'fix' : 'sent';
  document.documentElement.dataset.report = state;
  one('[data-slot=state]', panel).textContent = waiting ? say(words.stateWaiting, {n: items.length})
    : items.length ? words.stateFix : say(got && got.late ? words.stateLate : words.stateSent, {at: clock((got || {at: ''}).at)});
  one('[data-slot=lost]', panel).hidden = !(got && got.lost);
  one('[data-slot=lost]', panel).textContent = got && got.lost ? say(words.lost, {n: got.lost}) : '';
  return true;
}

// To work ------------------------------------------------------------------------------------------------------------------

function listen() {
  form.addEventListener('input', e => {
    const ask = e.target.closest('fieldset.ask');
    if (!ask || e.target.type === 'file') return;
    quiet(ask);
    if (e.target.type === 'radio' && amiss(ask)) figures(ask);
    stamp(ask, 'single');
    changed();
  });
  form.addEventListener('change', e => {
    if (e.target.type === 'file') {
      touched = true;
      quiet(e.target.closest('fieldset.ask'));
      take(e.target);
    } else if (e.target === usual(e.target.closest('fieldset.ask') || form)) {
      camera(e.target.closest('fieldset.ask'));
    }
  });
  for (const step of all('.chk-step')) one('[data-fold]', step).addEventListener('click', () => fold(step, !step.classList.contains('chk-step--folded')));
  form.addEventListener('submit', e => {
    e.preventDefault();
    const by = e.submitter || document.activeElement;
    if (by && by.dataset.bulk) confirmRest(by.closest('.chk-step'));
    else if (!refuse()) review();
  });
  addEventListener('pagehide', save);
  document.addEventListener('visibilitychange', save);
  addEventListener('outbox', () => { marks(); tell(); });
}

// camera opens at once for what was drawn for a photo: it is confirmed by taking it.
function camera(ask) {
  if (ask && drawn(ask) && !photosOf(ask).length) one('input[type=file]', ask).click();
}

async function begin() {
  const phone = await import(document.querySelector('#phone').dataset.phone);
  outbox = await phone.ready;
  if (!outbox) return; // nothing can be kept here: the form is posted as forms always were
  say = phone.say;
  clock = phone.clock;
  wording = phone.why;
  const draft = await outbox.draft(key);
  if (!await tell() && draft) {
    touched = true;
    await restore(draft);
  }
  listen();
  count();
  if (touched) for (const step of all('.chk-step')) fold(step, true);
  document.documentElement.dataset.ready = '1';
}

begin();
