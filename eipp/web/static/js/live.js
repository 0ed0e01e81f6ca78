// One socket that says only "this changed". Every element with data-live="topic topic" is then fetched again with the
// reader's own rights, from its data-from, and the element of the same id takes its place. A lost hint is harmless: after a
// reconnect everything is fetched again.
//
//   we send     {"subscribe": ["invoice:1"], "unsubscribe": [], "since": 0.4}   after opening, and when the page shows other
//               things; since: the seconds that the page is old, so that nothing is missed that changed on its way to us
//   we receive  {"changed": "invoice:1"}, or {"refresh": true} when the server may have missed something
//
// When the server ends the socket because rights changed (4401), or never lets it open, the page asks what is left of it: still
// there, it goes on with what one may see now; gone, it says so and shows a way on (ui/ended.html).
//
// Elements that show the same address are fetched by one request. What someone is typing in waits until they leave it.
const FIRST_WAIT = 500;
const LONGEST_WAIT = 20000;
const GATHER = 40;

let socket = null;
let wait = FIRST_WAIT;
let lost = null;
let pending = new Set();
let timer = null;
let subscribed = "";
let asked = false;
let leaving = false;
let ended = false;
let wasOpen = false;

if (live().length || document.querySelector("[data-topics]")) connect();
document.addEventListener("htmx:afterSettle", subscribe);
document.addEventListener("focusout", () => setTimeout(() => pending.size && gather([]), 0));
addEventListener("beforeunload", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));
addEventListener("online", () => socket || connect());

function live() {
  return [...document.querySelectorAll("[data-live]")];
}

function topics() {
  const named = [...document.querySelectorAll("[data-topics]")].map((element) => element.dataset.topics);
  const shown = live().map((element) => element.dataset.live);
  return [...new Set([...named, ...shown].join(" ").split(/\s+/).filter(Boolean))];
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live`);
  socket.addEventListener("open", opened);
  socket.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  socket.addEventListener("close", closed);
}

function opened() {
  wait = FIRST_WAIT;
  wasOpen = true;
  subscribed = "";
  subscribe();
  if (lost) gather(topics());
  lost = null;
  offline(null);
}

function subscribe() {
  const wanted = topics();
  if (socket?.readyState !== WebSocket.OPEN || wanted.join() === subscribed) return;
  const gone = subscribed.split(",").filter((topic) => topic && !wanted.includes(topic));
  subscribed = wanted.join();
  const since = asked ? 0 : performance.now() / 1000;
  asked = true;
  socket.send(JSON.stringify({ subscribe: wanted, unsubscribe: gone, since }));
}

function heard(message) {
  if (message.refresh) gather(topics());
  else if (message.changed) gather([message.changed]);
}

function closed(event) {
  socket = null;
  lost ??= new Date();
  if (leaving || ended) return;
  if (event.code === 4401 || !wasOpen) return lookAgain(event.code === 4401);
  wasOpen = false;
  tryAgain();
}

// Whether this page is still one's own: its address answers as before, leads to the sign-in, or is there no more.
async function lookAgain(changed) {
  wasOpen = true;
  const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" }).catch(() => null);
  if (leaving || answer === null || answer.status >= 500) return tryAgain();
  const signIn = answer.redirected && new URL(answer.url).pathname.startsWith("/accounts/");
  if (signIn || answer.status === 404 || answer.status === 403) return end(signIn ? "signed-out" : "gone");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (actsFor(page) !== actsFor(document)) return end("gone");
  if (changed) changedRights();
  tryAgain();
}

function actsFor(page) {
  return page.querySelector(".switcher-name")?.textContent;
}

function end(how) {
  ended = true;
  const told = document.querySelector(`template[data-ended="${how}"]`)?.content.cloneNode(true);
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  for (const shown of document.querySelectorAll(".count, .spot-count, #quick-look, #found")) shown.replaceChildren();
  document.querySelector("main").replaceChildren(...(told?.childNodes ?? []));
  document.querySelector("main [role=alert]")?.focus();
}

function changedRights() {
  const note = document.querySelector("[data-rights-changed]");
  if (note) note.hidden = false;
}

function tryAgain() {
  setTimeout(() => offline(lost), 2000);
  setTimeout(() => socket || connect(), wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function offline(since) {
  const banner = document.getElementById("offline");
  if (!banner) return;
  banner.hidden = !since || lost === null;
  if (banner.hidden) return;
  const time = since.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  banner.querySelector("span").textContent = banner.dataset.since.replace("{time}", time);
}

function gather(changed) {
  changed.forEach((topic) => pending.add(topic));
  clearTimeout(timer);
  timer = setTimeout(refresh, GATHER);
}

async function refresh() {
  if (leaving) return;
  const concerned = live().filter((element) => element.dataset.live.split(/\s+/).some((topic) => pending.has(topic)));
  const ready = concerned.filter((element) => !busy(element));
  const waiting = concerned.filter((element) => busy(element));
  pending = new Set(waiting.flatMap((element) => element.dataset.live.split(/\s+/)).filter((topic) => pending.has(topic)));
  const addresses = Map.groupBy ? Map.groupBy(ready, address) : grouped(ready);
  await Promise.all([...addresses].map(([url, elements]) => fetchAgain(url, elements)));
  subscribe();
  document.dispatchEvent(new CustomEvent("live:changed"));
}

function address(element) {
  return element.dataset.from || element.getAttribute("hx-get");
}

function grouped(elements) {
  const groups = new Map();
  for (const element of elements) groups.set(address(element), [...(groups.get(address(element)) ?? []), element]);
  return groups;
}

function busy(element) {
  const typing = element.querySelector("input:focus, textarea:focus, select:focus");
  return Boolean(typing || element.querySelector("details[data-menu][open], :popover-open"));
}

async function fetchAgain(url, elements) {
  const answer = await fetch(url, { headers: { "X-Live": "1" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const element of elements) replace(element, page.getElementById(element.id));
}

function replace(element, fresh) {
  if (!fresh || !element.isConnected || fresh.outerHTML === element.outerHTML) return;
  const before = texts(element);
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = element.scrollTop;
  const node = document.importNode(fresh, true);
  element.replaceWith(node);
  node.scrollTop = scrolled;
  window.htmx?.process(node);
  if (focused) document.getElementById(focused)?.focus();
  glow(node, before);
}

function rows(root) {
  return [...root.querySelectorAll("[id]")].filter((row) => row.matches("tr, li, [data-row]"));
}

function texts(root) {
  return new Map(rows(root).map((row) => [row.id, row.textContent]));
}

function glow(root, before) {
  const found = rows(root).filter((row) => before.get(row.id) !== row.textContent);
  const changed = found.length || before.size ? found : [root];
  for (const row of changed) {
    row.classList.add("changed");
    row.addEventListener("animationend", () => row.classList.remove("changed"), { once: true });
  }
}
