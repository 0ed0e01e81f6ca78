// Passkeys. A form with data-passkey="create" or "get" is sent once the browser has asked for finger, face or PIN; its field
// `credential` then carries the answer. The question stands in the element that data-options names, or is fetched from
// data-question. What goes wrong is said in the form, in words that the template brings.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", asked, { capture: true });
}

async function asked(event) {
  const form = event.currentTarget;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(form, "");
  if (!window.webauthnJSON?.supported()) return say(form, "missing");
  try {
    const question = await questionOf(form);
    const answer = form.dataset.passkey === "create" ? await create(form, question) : await window.webauthnJSON.get(question);
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    say(form, { InvalidStateError: "known", SecurityError: "address" }[error.name] ?? "refused");
  }
}

async function questionOf(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.question, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()).request_options;
}

function create(form, question) {
  const alone = form.elements.passwordless?.checked;
  const wanted = question.publicKey.authenticatorSelection;
  wanted.residentKey = alone ? "required" : "discouraged";
  wanted.requireResidentKey = alone;
  if (alone) wanted.userVerification = "required";
  return window.webauthnJSON.create(question);
}

function say(form, what) {
  const trouble = form.querySelector("[data-trouble]");
  trouble.hidden = !what;
  trouble.querySelector("span").textContent = what ? trouble.dataset[what] : "";
}
