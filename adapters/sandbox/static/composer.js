// The message box: commands with their hints, people, channels and emoji are completed while typing.

import { act } from "./api.js";
import { answered, failed } from "./answers.js";
import { byId, h, put } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { word } from "./language.js";
import { found, person, plain } from "./people.js";
import { Suggest } from "./suggest.js";
import { here, on, roomName, world } from "./world.js";

const composer = byId("composer");
const drafts = new Map();
const past = [];
let recalled = -1;
let draftRoom = "";
let early = false; // Enter was pressed before there was a room to say it in
let sending = Promise.resolve();

const box = h("textarea", { id: "box", rows: 1, spellcheck: "true" });
const hint = h("p", { class: "hint-line", id: "box-hint" });
const send = h("button", { class: "send", type: "submit", "data-label": "send", disabled: true }, "➤");
const field = h("div", { class: "field-box" }, box, send);
put(composer, hint, field);
const suggest = new Suggest(box, complete, { place: composer });

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
box.addEventListener("input", grown);
box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    say();
  } else if (event.key === "ArrowUp" && (!box.value || recalled >= 0)) recall(1, event);
  else if (event.key === "ArrowDown" && recalled >= 0) recall(-1, event);
});

// Whoever begins to type means the message box.
document.addEventListener("keydown", (event) => {
  const idle = event.target === document.body || event.target.classList.contains("message");
  if (idle && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) box.focus();
});

on("room", () => {
  const name = roomName(here());
  const key = `${world.me}/${world.room}`;
  composer.hidden = world.tab === "home";
  box.setAttribute("aria-label", word("box", { room: name }));
  box.placeholder = word(here().kind === "channel" ? "box_hint" : "box", { room: name });
  explain();
  if (key === draftRoom) return;
  drafts.set(draftRoom || key, box.value);
  draftRoom = key;
  write(drafts.get(key) ?? "");
  suggest.close();
  if (early) say();
});

// Lines go one after another, however fast somebody types.
function say() {
  const text = box.value.trim();
  early = Boolean(text) && !here();
  if (!text || early) return;
  const where = { as: world.me, room: world.room };
  write("");
  recalled = -1;
  sending = sending.then(() => deliver(where, text));
}

async function deliver(where, text) {
  try {
    answered(await act("say", { ...where, text }));
    if (past[0] !== text) past.unshift(text);
  } catch (error) {
    if (!box.value && where.room === world.room) write(text);
    failed(error);
  }
}

function recall(step, event) {
  recalled = Math.max(-1, Math.min(past.length - 1, recalled + step));
  event.preventDefault();
  write(past[recalled] ?? "");
}

export function write(text) {
  box.value = text;
  box.setSelectionRange(text.length, text.length);
  grown();
}

function grown() {
  box.rows = Math.min(8, box.value.split("\n").length);
  send.disabled = !box.value.trim();
  explain();
}

// Above the box: how the command that is being typed goes on.
function explain() {
  const name = /^\/(\S+)(\s|$)/.exec(box.value)?.[1];
  const command = world.commands.find((one) => one.name === name);
  hint.hidden = !command;
  if (!command) return put(hint);
  const use = () => {
    write(command.example);
    box.focus();
  };
  const example = command.example && h("button", { type: "button", class: "example", onclick: use }, word("example"));
  put(hint, h("b", {}, `/${command.name}`), ` ${command.hint}`, h("span", { class: "about" }, command.about), example);
}

function complete() {
  const before = box.value.slice(0, box.selectionStart);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return { items: commands(command[1]) };
  const word = /(^|[\s(])([@#:])([\p{L}\p{N}_.' -]*)$/u.exec(before);
  if (!word || (word[2] !== "@" && /\s/.test(word[3]))) return null;
  const from = before.length - word[3].length - 1;
  if (word[2] === "@") return { items: mentions(word[3], from) };
  return { items: word[2] === "#" ? channels(word[3], from) : emoji(word[3], from) };
}

function commands(typed) {
  const fitting = world.commands.filter((one) => one.name.startsWith(typed.toLowerCase()) && one.name !== typed.toLowerCase());
  return fitting.map((one) => ({
    view: [h("b", {}, `/${one.name}`), h("span", { class: "args" }, one.hint), h("span", { class: "about" }, one.about)],
    take: () => write(`/${one.name} `),
  }));
}

function mentions(typed, from) {
  const people = typed.split(" ").length < 4 && !/\s\s|\s$/.test(typed) ? found(typed, 7) : [];
  const teams = world.teams.filter((one) => one.name !== typed && plain(one.name).startsWith(plain(typed)));
  const team = (one) => [h("b", {}, `@${one.name}`), h("span", { class: "about" }, word("people", { count: one.count }))];
  const take = (one) => insert(from, `@${one.name} `);
  return [
    ...teams.map((one) => ({ view: team(one), take: () => take(one) })),
    ...people.filter((one) => one.name !== typed).map((one) => ({ view: person(one), take: () => take(one) })),
  ];
}

function channels(typed, from) {
  const fitting = [...world.rooms.values()].filter((room) => room.kind === "channel" && plain(room.name).includes(plain(typed)));
  return fitting.map((room) => ({ view: [h("b", {}, `#${room.name}`), h("span", { class: "about" }, room.topic)], take: () => insert(from, `#${room.name} `) }));
}

function emoji(typed, from) {
  if (typed.length < 2) return [];
  const fitting = Object.entries(EMOJI).filter(([name]) => name.startsWith(typed.toLowerCase())).slice(0, 7);
  return fitting.map(([name, sign]) => ({ view: [h("span", {}, sign), h("b", {}, `:${name}:`)], take: () => insert(from, `${sign} `) }));
}

function insert(from, text) {
  const rest = box.value.slice(box.selectionStart);
  box.value = box.value.slice(0, from) + text + rest.replace(/^ /, "");
  box.setSelectionRange(from + text.length, from + text.length);
  grown();
}
