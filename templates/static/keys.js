// The inspector's desk by hand and by keyboard. Without this file every button still works: it only counts the picks at once, picks
// ranges and knows the keys. Single keys act only while the focus is in the list (or in a section, outside of fields), and can be
// switched off.
const store = {
  off: () => { try { return localStorage.getItem('fugong-keys') === 'off' } catch { return false } },
  set: on => { try { localStorage.setItem('fugong-keys', on ? 'on' : 'off') } catch { /* then until the page is left */ } },
}
let switchedOff = store.off()
let current = null // code of the row where the focus is, or was
let anchor = null // code of the row that was picked last

const find = (selector, from = document) => from.querySelector(selector)
const rows = () => [...document.querySelectorAll('#rows tbody tr[data-code]')]
const box = row => find('input[name=sel]', row)
const rowOf = code => rows().find(row => row.dataset.code === code)

function count() {
  const table = find('#rows')
  if (!table) return
  const n = table.querySelectorAll('input[name=sel]:checked, input[name=sel][type=hidden]').length
  for (const el of table.querySelectorAll('[data-picked]')) el.textContent = n
  for (const id of ['print', 'add-route', 'pick-none']) {
    const button = document.getElementById(id)
    if (button) button.disabled = n === 0
  }
  for (const row of rows()) row.classList.toggle('is-on', !!box(row)?.checked)
}

function pick(row, on = !box(row).checked) {
  box(row).checked = on
  anchor = row.dataset.code
  count()
}

function pickRange(to) {
  const all = rows(), from = all.indexOf(rowOf(anchor) ?? to), end = all.indexOf(to)
  for (let i = Math.min(from, end); i <= Math.max(from, end); i++) box(all[i]).checked = true
  anchor = to.dataset.code
  count()
}

// One row of the list can be reached by Tab: the one where the focus was last.
function rove(row, focus) {
  for (const other of rows()) {
    other.tabIndex = other === row ? 0 : -1
    other.classList.toggle('is-cur', other === row && focus)
  }
  if (!row) return
  current = row.dataset.code
  if (focus) row.focus({ preventScroll: false })
}

function move(by) {
  const all = rows()
  if (!all.length) return
  const at = all.indexOf(rowOf(current))
  rove(all[Math.min(Math.max(at + by, 0), all.length - 1)], true)
}

let inList = false // the focus was in the list when it was replaced
function settle() {
  count()
  const row = rowOf(current) ?? rows()[0]
  rove(row, inList && !!row)
  inList = false
}

const press = id => { const el = document.getElementById(id); if (el && !el.disabled) el.click(); return !!el }
const picked = () => Number(find('[data-picked]')?.textContent ?? 0)

// The first key that is pressed in a list is for the first row: nothing has to be found with Tab.
const inRows = {
  j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(10), PageUp: () => move(-10),
  Home: () => move(-rows().length), End: () => move(rows().length),
  x: row => row && box(row) && pick(row), X: row => row && box(row) && pickRange(row),
  Enter: row => find('a.site', row)?.click(),
  r: row => { if (row && box(row) && picked() === 0) pick(row, true); inList = true; press('add-route') },
  p: () => { picked() > 0 ? press('print') : press('route-pdf') },
  '/': () => find('#q')?.focus(),
  '?': help,
}
const inSection = {
  '[': () => press('before'), ']': () => press('after'), r: () => press('add-route'), p: () => press('sheet-pdf'), '?': help,
}

function level(key) {
  const button = document.querySelectorAll('#segments button')[Number(key) - 1]
  if (!button) return false
  inList = true
  current = null
  button.click()
  return true
}

function help() {
  const dialog = find('#keyhelp')
  if (!dialog?.showModal) return
  find('#keys-on', dialog).checked = !switchedOff
  dialog.showModal()
}

const typing = el => !!el.closest?.('input:not([type=checkbox]),select,textarea,[contenteditable]')

addEventListener('keydown', e => {
  if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || switchedOff || find('dialog[open]')) return
  if (typing(e.target)) return
  const key = e.key.length === 1 && e.key !== 'X' ? e.key.toLowerCase() : e.key
  if (find('#desk')) {
    const row = e.target.closest?.('#rows tbody tr')
    if (!row || (e.target !== row && (key === 'Enter' || key === ' '))) return
    if (/^[1-5]$/.test(key) ? level(key) : inRows[key] && (inRows[key](row), true)) e.preventDefault()
    return
  }
  if (find('[data-section]') && inSection[key]) { inSection[key](); e.preventDefault() }
})

addEventListener('focusin', e => {
  const row = e.target.closest?.('#rows tbody tr')
  if (row) rove(row, e.target === row)
  else for (const other of rows()) other.classList.remove('is-cur')
})

addEventListener('click', e => {
  const input = e.target.closest?.('#rows tbody input[name=sel]')
  if (!input) return
  const row = input.closest('tr')
  if (e.shiftKey && anchor && input.checked) pickRange(row)
  else { anchor = row.dataset.code; count() }
})

addEventListener('change', e => {
  if (e.target.id === 'keys-on') { switchedOff = !e.target.checked; store.set(!switchedOff) }
})
find('#keys-open')?.addEventListener('click', help)
document.documentElement.dataset.keys = 'on'

document.addEventListener('htmx:beforeSwap', () => { inList = inList || !!document.activeElement?.closest('#rows tbody tr') })
document.addEventListener('htmx:afterSettle', settle)
addEventListener('pageshow', () => { // a page that is come back to has its ticks as they were left
  count()
  rove(rowOf(current) ?? rows()[0], false)
  if (!switchedOff && document.activeElement === document.body && !matchMedia('(pointer:coarse)').matches) rove(rows()[0], true)
  document.documentElement.dataset.ready = 'keys'
})
