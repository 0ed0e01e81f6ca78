// The composer keeps a draft until it is sent, sends with Ctrl-Enter and takes dropped files.
const key = (form) => `draft:${form.getAttribute("action")}`;

document.querySelectorAll("[data-composer]").forEach(restore);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("[data-composer]").forEach(restore));

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-composer]");
  if (form && event.target.matches("textarea")) keep(form, event.target.value);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-composer]")) sessionStorage.removeItem(key(event.target));
});

function keep(form, text) {
  if (text) sessionStorage.setItem(key(form), text);
  else sessionStorage.removeItem(key(form));
}

function restore(form) {
  const text = form.querySelector("textarea");
  const draft = sessionStorage.getItem(key(form));
  if (draft && !text.value) text.value = draft;
}
