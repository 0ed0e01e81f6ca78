// Files go up in two steps: ask for a place (POST data-upload), send the bytes there (the ticket's url and fields), confirm
// (POST the ticket's confirm address). The form then carries only the files' ids. Without scripts, or where data-upload is
// missing, the form sends the files itself.
//
//   ask      POST data-upload, name, size, content_type, purpose -> {"id", "ticket": {"url", "fields"}}
//   send     POST ticket.url, the fields and the file
//   confirm  POST <id>/finish beside data-upload -> {"id", "verdict", "reason"}; a refusal is {"detail": "sentence"}
//
// The form then posts `files_ids` (the input's name with _ids), once for each file.
const over = (event) => event.target.closest?.("[data-dropzone], [data-composer]");

document.addEventListener("dragover", (event) => mark(event, true));
document.addEventListener("dragleave", (event) => mark(event, false));
document.addEventListener("drop", (event) => {
  const zone = over(event);
  if (!zone || !event.dataTransfer.files.length) return;
  mark(event, false);
  take(zone, event.dataTransfer.files);
});
document.addEventListener("change", (event) => {
  const zone = event.target.matches("[data-file]") && over(event);
  if (zone) take(zone, event.target.files);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-file]");
  if (button) button.closest("li").remove();
});

// Sending waits for what is still going up; otherwise the message would leave without its files.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[data-files] progress")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.uploadsDone = () => form.requestSubmit(event.submitter);
  event.submitter?.setAttribute("aria-busy", "true");
}, true);

function mark(event, inside) {
  const zone = over(event);
  if (!zone) return;
  event.preventDefault();
  zone.toggleAttribute("data-over", inside);
}

function take(zone, files) {
  const input = zone.querySelector("[data-file]");
  if (!zone.dataset.upload) {
    if (input.files !== files) input.files = files;
    return show(zone, files);
  }
  for (const file of files) send(zone, file);
  input.value = "";
}

function list(zone) {
  return zone.querySelector("[data-files]") ?? zone.parentElement.querySelector("[data-files]");
}

function show(zone, files) {
  list(zone).replaceChildren(...[...files].map((file) => row(file)));
}

function row(file) {
  const item = document.createElement("li");
  item.className = "file";
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = file.name;
  item.append(name, Object.assign(document.createElement("small"), { textContent: size(file.size) }));
  return item;
}

function size(bytes) {
  const whole = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return bytes < 1e6 ? `${whole.format(Math.ceil(bytes / 1e3))} KB` : `${whole.format(bytes / 1e6)} MB`;
}

async function send(zone, file) {
  const item = row(file);
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  item.append(bar);
  list(zone).append(item);
  try {
    const purpose = zone.dataset.purpose || "message";
    const announced = { name: file.name, size: file.size, content_type: file.type, purpose };
    const { id, ticket } = await ask(zone.dataset.upload, announced);
    await post(ticket, file, (share) => (bar.value = share));
    const checked = await ask(new URL(`${id}/finish`, new URL(zone.dataset.upload, location)), {});
    if (checked.verdict === "refused") throw new Error(checked.reason);
    if (checked.reason) {
      item.dataset.kept = "";
      item.querySelector("small").textContent = checked.reason;
    }
    done(item, { id, name: file.name }, zone);
  } catch (refusal) {
    item.dataset.wrong = "";
    item.querySelector("small").textContent = refusal.message;
  }
  bar.remove();
  sendWhatWaited(zone.closest("form"));
}

function sendWhatWaited(form) {
  if (!form?.uploadsDone || form.querySelector("[data-files] progress")) return;
  const go = form.uploadsDone;
  delete form.uploadsDone;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  if (!form.querySelector("[data-files] [data-wrong]")) go();
}

async function ask(url, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(body), credentials: "same-origin" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail ?? answer.statusText);
  return said;
}

function post(ticket, file, progress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ticket.url);
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error(request.statusText))));
    request.addEventListener("error", () => reject(new Error(file.name)));
    request.send(form);
  });
}

function done(item, file, zone) {
  const name = zone.querySelector("[data-file]").name;
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: `${name}_ids`, value: file.id });
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  remove.setAttribute("aria-label", `${zone.dataset.removeWord ?? "×"} ${file.name}`);
  remove.setAttribute("data-remove-file", "");
  item.append(hidden, remove);
}
