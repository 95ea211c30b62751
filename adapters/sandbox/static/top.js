// The head of the open room: its name and topic, and for the bot's own chat the tabs Messages and Home.

import { avatar } from "./avatar.js";
import { byId, h, put } from "./dom.js";
import { word } from "./language.js";
import { menu } from "./rooms.js";
import { author, here, on, open, roomName, world } from "./world.js";

const top = byId("room-top");
on("room", show);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") byId("frame").classList.remove("side-open", "stage-open");
});
document.addEventListener("click", (event) => {
  if (event.target.closest("main") && !event.target.closest(".toggle")) byId("frame").classList.remove("side-open", "stage-open");
});

function show() {
  const room = here();
  const other = room.members.find((account) => account !== world.me);
  const sign = room.kind === "channel" ? h("span", { class: "sign", "aria-hidden": "true" }, "#") : avatar(author(other), 24);
  const title = h("h1", {}, sign, roomName(room), room.archived && h("small", {}, word("archived")));
  const topic = h("p", { class: "topic" }, room.topic || author(other).title);
  put(top, toggle("side-open", "☰", word("channels")), title, room.kind === "direct" ? tabs(room) : topic, room.kind === "channel" && menu(room), toggle("stage-open", "◷", word("stage")));
  document.title = word("title", { name: roomName(room) });
}

function tabs(room) {
  const names = { messages: word("messages"), home: word("home") };
  return h("div", { class: "tabs", role: "group", "aria-label": word("view") }, Object.entries(names).map(([tab, name]) =>
    h("button", { type: "button", "aria-pressed": String(world.tab === tab), "data-tab": tab, onclick: () => go(room, tab) }, name)));
}

function go(room, tab) {
  open(room.key, tab);
  top.querySelector(`[data-tab=${tab}]`)?.focus();
}

function toggle(name, sign, label) {
  const flip = () => {
    const frame = byId("frame");
    const opened = !frame.classList.contains(name);
    frame.classList.remove("side-open", "stage-open");
    frame.classList.toggle(name, opened);
  };
  return h("button", { type: "button", class: `quiet toggle ${name}-toggle`, "aria-label": label, onclick: flip }, sign);
}
