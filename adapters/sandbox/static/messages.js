// The messages of the open room: grouped by author, parted by day, and walked with the arrow keys.

import { act } from "./api.js";
import { failed } from "./answers.js";
import { avatar } from "./avatar.js";
import { card } from "./cards.js";
import { byId, h, put } from "./dom.js";
import { word } from "./language.js";
import { remove } from "./rooms.js";
import { changed, author, here, now, on, roomName, world } from "./world.js";
import { clock, dayKey, dayName, rich } from "./words.js";

const TOGETHER = 5 * 60 * 1000;
const NEAR = 80; // pixels from the end that still are the end
const log = byId("log");
const below = h("button", { type: "button", class: "below", "data-word": "below", hidden: true, onclick: () => (log.scrollTop = log.scrollHeight) });
log.after(below);
log.addEventListener("scroll", () => (below.hidden ||= log.scrollHeight - log.scrollTop - log.clientHeight < NEAR));

on("room", show);
on("clock", rename);
on("message", ({ message, fresh }) => {
  if (message.room === world.room && world.tab === "messages") (fresh ? add : redraw)(message);
  if (fresh && message.author !== world.me) announce(message);
});
on("home", (home) => world.tab === "home" && put(log, homePage(home)));
log.addEventListener("keydown", walk);

async function show() {
  log.setAttribute("aria-label", world.tab === "home" ? word("home") : word("log", { room: roomName(here()) }));
  if (world.tab === "home") return showHome();
  const messages = world.messages.get(world.room) ?? [];
  const firstNew = newest(messages, world.fresh);
  const rows = messages.flatMap((message, index) => [index === firstNew && unreadLine(), ...withDay(message, messages[index - 1])]);
  put(log, beginning(here()), rows);
  log.scrollTop = log.scrollHeight;
}

// Where the last so many messages by others begin; -1 if there are none.
function newest(messages, count) {
  let left = count;
  return left ? messages.findLastIndex((message) => message.author !== world.me && --left === 0) : -1;
}

function unreadLine() {
  return h("div", { class: "day new", role: "separator" }, h("span", {}, word("new")));
}

async function showHome() {
  try {
    const { home } = await act("home", { as: world.me, room: world.room });
    changed("home", home);
  } catch (error) {
    failed(error);
  }
}

function homePage(home) {
  const place = { id: "", room: world.room };
  return h("div", { class: "home" }, h("h2", {}, home.summary), card(home, place));
}

function add(message) {
  const list = world.messages.get(world.room);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  log.append(...withDay(message, list.at(-2)));
  const above = list.find((one) => one.id === message.under);
  if (above) redraw(above);
  if (atEnd || message.author === world.me || message.private) log.scrollTop = log.scrollHeight;
  else below.hidden = false;
}

function redraw(message) {
  const old = byId(message.id);
  if (!old) return;
  const list = world.messages.get(world.room);
  const before = list[list.findIndex((one) => one.id === message.id) - 1];
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const focused = old.contains(document.activeElement) ? pathTo(document.activeElement) : null;
  const renewed = line(message, before);
  old.replaceWith(renewed);
  if (focused !== null) (renewed.querySelector(focused) ?? renewed).focus();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// A redrawn card keeps the keyboard where it was.
function pathTo(element) {
  const { address, value, emoji } = element.dataset;
  if (emoji) return `[data-emoji="${CSS.escape(emoji)}"]`;
  return address ? `[data-address="${CSS.escape(address)}"][data-value="${CSS.escape(value ?? "")}"]` : ".none";
}

function withDay(message, before) {
  const at = new Date(message.at);
  const sameDay = before && dayKey(new Date(before.at)) === dayKey(at);
  const day = h("div", { class: "day", role: "separator" }, h("span", { "data-day": message.at }, dayName(at, now())));
  return sameDay ? [line(message, before)] : [day, line(message, null)];
}

// What was today when it was drawn is another day after the clock has moved.
function rename() {
  for (const day of log.querySelectorAll("[data-day]")) day.textContent = dayName(new Date(day.dataset.day), now());
}

function line(message, before) {
  const at = new Date(message.at);
  const who = author(message.author);
  const secret = message.private && here().kind !== "direct";
  const grouped = before && before.author === message.author && at - new Date(before.at) < TOGETHER
    && !message.private && !before.private && dayKey(new Date(before.at)) === dayKey(at);
  const time = h("time", { datetime: message.at, title: `${dayName(at, now())}, ${clock(at)}` }, clock(at));
  const name = h("span", { class: "by" }, h("b", {}, who.name), who.bot && h("span", { class: "app" }, word("app")), time);
  const said = message.card ? card(message.card, message) : h("p", { class: "said" }, rich(message.text));
  const only = secret && h("p", { class: "only" }, eye(), word("only"));
  const classes = ["message", grouped && "grouped", secret && "secret"].filter(Boolean).join(" ");
  return h(
    "article",
    { class: classes, id: message.id, tabindex: "-1", "aria-label": `${who.name}, ${clock(at)}` },
    h("div", { class: "margin" }, grouped ? time : avatar(who)),
    h("div", { class: "body" }, only, !grouped && name, answers(message), said, reactions(message), answered(message)),
    !message.private && toolbar(message),
  );
}

// What a message answers, and what answers it: each leads to the other.
function answers(message) {
  const above = world.messages.get(message.room).find((one) => one.id === message.under);
  return above && h("button", { type: "button", class: "thread", onclick: () => go(above) }, "↰ ", word("answers", { words: wordsOf(above) }));
}

function answered(message) {
  const those = world.messages.get(message.room).filter((one) => one.under === message.id);
  return those.map((one) => h("button", { type: "button", class: "thread", onclick: () => go(one) }, "↳ ", word("answered", { words: wordsOf(one) })));
}

function go(message) {
  const there = byId(message.id);
  there.scrollIntoView({ block: "center" });
  there.focus();
}

function wordsOf(message) {
  return message.card ? message.card.summary : message.text.map((one) => one.text).join("");
}

function reactions(message) {
  const all = Object.entries(message.reactions);
  if (!all.length) return null;
  return h("div", { class: "reactions" }, all.map(([emoji, who]) => {
    const mine = who.includes(world.me);
    const names = who.map((account) => author(account).name).join(", ");
    const react = () => reacted(message, emoji);
    const label = `${emoji} ${who.length}: ${names}`;
    return h("button", { type: "button", class: "reaction", "aria-pressed": String(mine), "aria-label": label, title: names, "data-emoji": emoji, onclick: react }, emoji, h("span", {}, String(who.length)));
  }));
}

function toolbar(message) {
  const choices = world.emoji.map((emoji) => h("button", { type: "button", "aria-label": word("react", { emoji }), onclick: () => reacted(message, emoji) }, emoji));
  const mine = author(message.author).bot || message.author === world.me;
  const removal = mine && h("button", { type: "button", class: "remove", "aria-label": word("delete"), title: word("delete"), onclick: () => remove(message) }, "✕");
  return h("div", { class: "tools" }, h("div", { role: "group", "aria-label": word("reactions") }, choices), removal);
}

function reacted(message, emoji) {
  act("react", { as: world.me, room: message.room, message: message.id, emoji }).catch(failed);
}

function beginning(room) {
  const name = room.kind === "channel" ? `# ${room.name}` : roomName(room);
  const topic = room.topic || word(room.kind === "direct" ? "with_bot" : "pair");
  return h("div", { class: "beginning" }, h("h2", {}, name), h("p", {}, topic));
}

function eye() {
  return h("span", { "aria-hidden": "true" }, "◐ ");
}

function announce(message) {
  const room = world.rooms.get(message.room);
  const heard = { name: author(message.author).name, room: roomName(room), words: wordsOf(message) };
  byId("announcer").textContent = word(message.room === world.room ? "heard" : "heard_in", heard);
}

function walk(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const own = event.target === log || event.target.classList.contains("message");
  if (event.key === "Escape") return byId("box").focus();
  if (!(event.key in steps) || !own) return;
  const all = [...log.querySelectorAll(".message")];
  const at = all.indexOf(event.target);
  const next = at < 0 ? all.at(-1) : all[at + steps[event.key]];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
