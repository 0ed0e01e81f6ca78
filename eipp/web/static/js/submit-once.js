// A form is sent once: its button says so and takes no second press. Coming back by the browser's history frees it again.
// The server is the one that makes sure; this only spares the reader a refusal.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", free);
document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form")));

function free() {
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
}

function release(form) {
  if (!form) return;
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
