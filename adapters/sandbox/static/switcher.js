// Ctrl+K: jump to a channel, a chat or a person. And the person switcher: be somebody else.

import { act } from "./api.js";
import { failed } from "./answers.js";
import { avatar } from "./avatar.js";
import { show } from "./dialog.js";
import { h, put } from "./dom.js";
import { word } from "./language.js";
import { found, person, plain } from "./people.js";
import { author, become, open, roomName, world } from "./world.js";

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    jump();
  }
});

export function jump() {
  finder(word("jump"), word("jump_hint"), (typed) => {
    const rooms = [...world.rooms.values()].filter((room) => plain(roomName(room)).includes(plain(typed)));
    const known = new Set(rooms.flatMap((room) => room.members));
    const rows = rooms.map((room) => ({ view: roomView(room), take: () => open(room.key) }));
    const people = found(typed, 12).filter((member) => !member.bot && !known.has(member.account) && member.account !== world.me);
    return [...rows, ...people.map((member) => ({ view: person(member), take: () => write(member.account) }))];
  });
}

export function persons() {
  finder(word("persons"), word("persons_hint"), (typed) => {
    const people = typed ? found(typed, 12).filter((member) => !member.bot) : world.cast.map(author);
    return people.map((member) => ({ view: who(member), take: () => become(member.account) }));
  });
}

async function write(account) {
  try {
    const { room } = await act("direct", { as: world.me, with: account });
    await until(() => world.rooms.has(room));
    open(room);
  } catch (error) {
    failed(error);
  }
}

function roomView(room) {
  const other = room.members.find((account) => account !== world.me);
  if (other) return person(author(other));
  return [h("span", { class: "sign" }, "#"), h("b", {}, room.name), h("span", { class: "about" }, room.topic)];
}

function who(member) {
  const line = member.about || word("role_in", { role: member.role_name, city: member.city });
  const words = h("span", { class: "who" }, h("span", {}, h("b", {}, member.name), h("span", { class: `role ${member.role}` }, member.role_name)), h("span", { class: "about" }, line));
  return [avatar(member, 36), words, member.account === world.me && h("span", { class: "you" }, word("you"))];
}

function finder(title, placeholder, find) {
  const list = h("ul", { class: "finder", role: "listbox", id: "finder", "aria-label": title });
  const input = h("input", { type: "text", placeholder, role: "combobox", "aria-label": placeholder, "aria-controls": "finder", "aria-expanded": "true", "aria-autocomplete": "list" });
  const close = show(h("div", {}, h("div", { class: "find-box" }, input), list), { title, wide: true });
  let items = [];
  let at = 0;
  const mark = () => {
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const take = (index) => {
    close();
    items[index]?.take();
  };
  const look = () => {
    items = find(input.value.trim());
    at = 0;
    put(list, items.map((item, index) => h("li", { role: "option", id: `finder-${index}`, onclick: () => take(index) }, item.view)));
    mark();
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && items.length) at = (at + steps[event.key] + items.length) % items.length;
    else if (event.key !== "Enter") return;
    event.preventDefault(); // else Enter would press whatever has the focus once the dialog is closed
    if (event.key === "Enter") take(at);
    else mark();
  });
  look();
  input.focus();
}

function until(ready) {
  return new Promise((resolve) => {
    const look = () => (ready() ? resolve() : setTimeout(look, 30));
    look();
  });
}
