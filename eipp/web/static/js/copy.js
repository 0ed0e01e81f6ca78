// Buttons that copy what stands beside them; hidden where scripts or the clipboard are missing.
const SHOWN_FOR = 1600;

reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.target));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  say(button);
});

function reveal(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

function say(button) {
  const words = button.querySelector("span");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = before), SHOWN_FOR);
}
