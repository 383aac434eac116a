// Brings the lit tab into sight where the screen shows only some of them. New browsers do it by the stylesheet; without this file
// the tabs can be scrolled by hand.
const lit = document.querySelector('.tab[aria-current]')
if (lit) {
  const tabs = lit.parentElement, [tab, seen] = [lit, tabs].map(el => el.getBoundingClientRect())
  if (tab.left < seen.left || tab.right > seen.right) tabs.scrollLeft += (tab.left + tab.right - seen.left - seen.right) / 2
}
