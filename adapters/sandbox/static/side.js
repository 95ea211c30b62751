// The side bar: channels and direct messages, what is unread, who one is.

import { avatar } from "./avatar.js";
import { byId, h, put } from "./dom.js";
import { word } from "./language.js";
import { jump, persons } from "./switcher.js";
import { theme } from "./theme.js";
import { author, me, on, open, roomName, world } from "./world.js";

const side = byId("side");
on("world", show);
on("room", () => {
  byId("frame").classList.remove("side-open");
  show();
});
on("rooms", show);
side.addEventListener("keydown", walk);

function show() {
  const focused = document.activeElement?.dataset?.room;
  const rooms = [...world.rooms.values()];
  const channels = rooms.filter((room) => room.kind === "channel");
  const direct = rooms.filter((room) => room.kind !== "channel");
  const find = h("button", { type: "button", class: "find", onclick: jump }, word("jump_button"), h("kbd", {}, word("keys")));
  put(side, h("div", { class: "brand" }, h("strong", {}, world.company), find), h("div", { class: "lists" }, group(word("channels"), channels), group(word("direct"), direct), newMessage()), foot());
  if (focused) side.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
}

function group(name, rooms) {
  return h("section", { "aria-label": name }, h("h2", {}, name), h("ul", {}, rooms.map((room) => h("li", {}, link(room)))));
}

function link(room) {
  const other = room.members.find((account) => account !== world.me);
  const sign = room.kind === "channel" ? h("span", { class: "sign", "aria-hidden": "true" }, "#") : avatar(author(other), 20);
  const counted = room.unread > 0 && room.kind !== "channel";
  const badge = counted && h("span", { class: "badge", "aria-hidden": "true" }, String(room.unread));
  const says = room.unread ? word("unread", { name: roomName(room), count: room.unread }) : roomName(room);
  const current = room.key === world.room ? "page" : null;
  return h(
    "button",
    { type: "button", class: room.unread ? "link unread" : "link", "aria-label": says, "aria-current": current, "data-room": room.key, onclick: () => open(room.key) },
    sign, h("span", { class: "name" }, roomName(room)), author(other)?.bot && h("span", { class: "app" }, word("app")), badge,
  );
}

function newMessage() {
  return h("button", { type: "button", class: "link add", onclick: jump }, h("span", { class: "sign", "aria-hidden": "true" }, "+"), word("write"));
}

function foot() {
  const who = me();
  const person = h("button", { type: "button", class: "self", "aria-label": word("self", { name: who.name }), onclick: persons }, avatar(who, 32), h("span", {}, h("b", {}, who.name), h("small", {}, who.title || word("no_title"))));
  return h("div", { class: "foot" }, person, theme());
}

function walk(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  const all = [...side.querySelectorAll("button.link")];
  const next = all[all.indexOf(document.activeElement) + steps[event.key]];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
