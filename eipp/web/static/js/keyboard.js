// Lists by keyboard: j and k move, Enter opens, space looks, x selects; / or Ctrl-K searches; g 1 to g 7 go to a place;
// c writes; ? shows all this. A row is any element with data-row; its first link is what Enter opens.
let going = false;

for (const button of document.querySelectorAll("[data-keys-help]")) button.hidden = false;
document.addEventListener("keydown", pressed);
document.addEventListener("click", clicked);

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return act(event, search);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") return close(event);
  if (typing(event.target) || document.querySelector("dialog:modal")) return;
  if (going) return go(event);
  const deed = DEEDS[event.key];
  if (deed) deed(event);
}

const DEEDS = {
  j: (event) => act(event, () => move(1)),
  k: (event) => act(event, () => move(-1)),
  x: (event) => withRow(event, select),
  " ": (event) => onControl(event.target) || withRow(event, look),
  Enter: (event) => onControl(event.target) || withRow(event, (row) => row.querySelector("a[href]")?.click()),
  "/": (event) => act(event, search),
  "?": (event) => act(event, () => document.getElementById("keys")?.showModal()),
  c: (event) => act(event, () => document.querySelector("[data-composer] textarea")?.focus()),
  g: (event) => act(event, () => { going = true; setTimeout(() => (going = false), 1200); }),
};

function act(event, deed) {
  event.preventDefault();
  deed();
}

function typing(element) {
  return element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function onControl(element) {
  return element.closest?.("a, button, summary, input") && !element.matches("[data-row], [data-row] a");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
}

function here() {
  return document.querySelector("[data-row][data-here]");
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  here()?.removeAttribute("data-here");
  next.setAttribute("data-here", "");
  (next.matches("a") ? next : next.querySelector("a[href]"))?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (document.querySelector("#quick-look:popover-open")) look(next);
}

function withRow(event, deed) {
  const row = here() ?? event.target.closest?.("[data-row]");
  if (row) act(event, () => deed(row));
}

function select(row) {
  row.querySelector("input[type=checkbox]")?.click();
}

async function look(row) {
  const panel = document.getElementById("quick-look");
  const link = row.matches("a") ? row : row.querySelector("a[href]");
  if (!panel || !link) return;
  if (panel.matches(":popover-open") && panel.dataset.shows === link.href) return panel.hidePopover();
  panel.dataset.shows = link.href;
  panel.querySelector("[data-quick-open]").href = link.href;
  panel.showPopover();
  await fill(panel, row.dataset.quick || link.href);
}

async function fill(panel, url) {
  const answer = await fetch(url, { headers: { "X-Live": "1" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("[data-quick-content]") ?? page.querySelector("main");
  for (const named of content.querySelectorAll("[id], .composer, .moves")) {
    if (named.matches(".composer, .moves")) named.remove();
    else named.removeAttribute("id");
  }
  panel.querySelector("[data-quick-body]").replaceChildren(...document.importNode(content, true).childNodes);
}

function search() {
  const box = [...document.querySelectorAll("[data-search], [data-list-search]")].find((one) => one.checkVisibility());
  if (box) { box.focus(); box.select(); } else document.querySelector(".search-link")?.click();
}

function go(event) {
  going = false;
  const place = document.querySelectorAll(".places .place")[Number(event.key) - 1];
  if (place) act(event, () => place.click());
}

function close(event) {
  document.getElementById("found")?.replaceChildren();
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  event.preventDefault();
  open.open = false;
  open.querySelector("summary").focus();
}

function clicked(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!event.target.closest(".frame-search")) document.getElementById("found")?.replaceChildren();
  if (event.target.closest("[data-keys-help]")) document.getElementById("keys").showModal();
}
