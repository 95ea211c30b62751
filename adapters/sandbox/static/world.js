// What the page knows: the state as last told, who one is, which room is open. Others listen for changes.

import * as api from "./api.js";
import { learn, word } from "./language.js";

export const world = {
  me: "",
  room: "",
  tab: "messages",
  members: new Map(),
  rooms: new Map(),
  messages: new Map(),
  commands: [],
  strip: [],
  emoji: [],
  cast: [],
  teams: [],
  fresh: 0, // unread messages of the open room when it was opened
  now: new Date(),
  told: performance.now(),
  company: "",
  home: "",
};

const listeners = new Map();
let stop = () => {};

export function on(what, listener) {
  listeners.set(what, [...(listeners.get(what) ?? []), listener]);
}

export function changed(what, detail) {
  for (const listener of listeners.get(what) ?? []) listener(detail);
}

export const me = () => world.members.get(world.me);
export const here = () => world.rooms.get(world.room);
export const now = () => new Date(world.now.getTime() + performance.now() - world.told);

export function author(account) {
  return world.members.get(account) ?? { account, name: account, photo: false, title: "", zone: "UTC", city: "" };
}

// The name a room goes by for me: a direct chat is called after the other one.
export function roomName(room) {
  const other = room.members.find((account) => account !== world.me);
  return room.kind === "channel" ? room.name : author(other).name;
}

export async function become(account) {
  stop();
  world.me = account;
  stop = api.live(account, hear);
}

export function open(key, tab = "messages") {
  const room = world.rooms.get(key);
  if (!room) return;
  if (key !== world.room) world.fresh = room.unread;
  world.room = key;
  world.tab = tab;
  location.hash = `${world.me}/${key}`;
  changed("room");
  seen();
}

export function seen() {
  const room = here();
  if (!room || document.hidden || !room.unread) return;
  room.unread = 0;
  changed("rooms");
  api.act("read", { as: world.me, room: room.key }).catch(() => {});
}

async function hear(told) {
  if (told.now) setNow(told.now);
  if (!me()) await refresh(); // nothing can be shown yet to somebody who is not known yet
  else if (told.what === "message") hearMessage(told);
  else if (told.what === "strip") {
    world.strip = told.strip;
    changed("strip");
  }
  else if (told.what === "clock") changed("clock");
  else await refresh();
}

function hearMessage({ message, unread }) {
  const room = world.rooms.get(message.room);
  if (!room) return;
  const list = world.messages.get(room.key);
  const at = list.findIndex((one) => one.id === message.id);
  if (at < 0) list.push(message);
  else if (list[at].revision <= message.revision) list[at] = message;
  room.unread = unread;
  changed("message", { message, fresh: at < 0 });
  changed("rooms");
  if (room.key === world.room) seen();
}

export async function refresh() {
  const wanted = world.me;
  const told = await api.state(wanted);
  if (wanted !== world.me) return;
  setNow(told.now);
  learn(told.lang, told.words);
  const bot = { account: told.bot, name: "Drumbeat", title: word("app_title"), photo: true, bot: true, zone: "UTC", city: "" };
  world.members = new Map([[told.bot, bot], ...told.members.map((one) => [one.account, one])]);
  world.rooms = new Map(told.rooms.map((one) => [one.key, one]));
  world.messages = new Map(Object.entries(told.messages));
  Object.assign(world, { commands: told.commands, emoji: told.emoji, cast: told.cast, teams: told.teams });
  Object.assign(world, { company: told.company, home: told.home, strip: told.strip ?? [] });
  changed("world");
  if (world.rooms.has(world.room)) open(world.room, world.tab);
  else open(world.rooms.keys().next().value);
}

function setNow(text) {
  world.now = new Date(text);
  world.told = performance.now();
}
