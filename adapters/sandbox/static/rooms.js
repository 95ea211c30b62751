// What can be done to a channel and to a message, as an admin would do it in a real chat.

import { act } from "./api.js";
import { failed } from "./answers.js";
import { confirmed, show } from "./dialog.js";
import { h } from "./dom.js";
import { word } from "./language.js";
import { world } from "./world.js";

export function menu(room) {
  const entry = (name, does) => h("button", { type: "button", onclick: () => does(room) }, word(name));
  const entries = room.archived ? [entry("rename", rename)] : [entry("rename", rename), entry("archive", archive)];
  const details = h("details", { class: "menu" }, h("summary", { class: "quiet", "aria-label": word("room_menu") }, "\u22ef"), h("div", {}, entries));
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape") details.open = false;
  });
  details.addEventListener("click", (event) => {
    if (event.target.closest("button")) details.open = false;
  });
  return details;
}

export async function remove(message) {
  if (await confirmed(word("delete"), word("delete_sure"), "danger")) ask("delete", message.room, { message: message.id });
}

async function archive(room) {
  if (await confirmed(word("archive"), word("archive_sure"), "danger")) ask("archive", room.key);
}

function rename(room) {
  const name = h("input", { id: "new-name", type: "text", value: room.name, maxlength: "40", autofocus: true });
  const field = h("div", { class: "field" }, h("label", { for: "new-name" }, word("new_name")), name);
  const send = h("button", { class: "button primary", type: "submit" }, word("rename"));
  const submit = (event) => {
    event.preventDefault();
    close();
    ask("rename", room.key, { name: name.value });
  };
  const close = show(h("form", { onsubmit: submit }, h("div", { class: "body" }, field), h("footer", {}, send)), { title: word("rename") });
}

function ask(what, room, more = {}) {
  act(what, { as: world.me, room, ...more }).catch(failed);
}
