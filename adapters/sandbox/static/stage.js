// Backstage: who one is, the clock that can be moved, what colleagues do, and what happened behind the scenes.

import { act } from "./api.js";
import { failed } from "./answers.js";
import { avatar } from "./avatar.js";
import { byId, h, put } from "./dom.js";
import { persons } from "./switcher.js";
import { me, now, on, world } from "./world.js";
import { city, clock, format, rich } from "./words.js";

const STEPS = { hour: "+1 hour", day: "+1 day", week: "+1 week", morning: "Next morning", due: "Next thing due" };
const WISHES = { join: ["Join", "Join: somebody new"], answer: ["Answer", "Answer: polls, introductions, praise"], post: ["Post", "Post: in the channels"] };
const SIGNS = { act: "●", planned: "◷", repeated: "◷", displaced: "☾", sent: "➤", redrawn: "↻", cancelled: "✕", expired: "⌛", paused: "‖", retrying: "↻", failed: "!", unknown: "?" };
const ROLES = { leader: "Leader", communicator: "Communicator", admin: "Admin", "": "Employee" };
const stage = byId("stage");
const time = h("p", { class: "clock", "aria-live": "off" });

on("world", show);
on("clock", tick);
on("message", tick);
on("strip", strip);
setInterval(tick, 1000);

const lines = h("ol", { tabindex: "0", "aria-label": "What happened, newest first" });

function show() {
  const clock = h("section", { "aria-label": "Clock" }, time, h("div", { class: "steps" }, Object.entries(STEPS).map(step)));
  const people = h("section", { "aria-label": "Colleagues" }, h("h3", {}, "Let colleagues"), h("div", { class: "wishes" }, Object.entries(WISHES).map(wish)));
  const behind = h("section", { class: "strip", "aria-label": "Behind the scenes" }, h("h3", {}, "Behind the scenes"), lines);
  put(stage, h("h2", {}, "Backstage"), h("p", { class: "lead" }, "A made-up company to try Drumbeat in. Type /poll, /praise, /intro or /rhythm, press the buttons, move the clock."), self(), clock, people, behind);
  tick();
  strip();
}

function strip() {
  const shown = [...world.strip].reverse();
  put(lines, shown.length ? shown.map(line) : h("li", { class: "nothing" }, "Nothing yet. Type /poll in a channel, or move the clock."));
}

function line(one) {
  const at = new Date(one.at);
  const zone = one.zone || me().zone;
  const when = h("span", { class: "when" }, format(at, { weekday: "short", hour: "numeric", minute: "2-digit", timeZone: zone }), ` in ${city(zone)}`);
  const times = one.times > 1 && h("span", { class: "times" }, `${one.times} times`);
  return h("li", { class: one.sign }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[one.sign] ?? "•"), h("span", {}, rich(one.words), times, when));
}

function wish([name, [label, about]]) {
  const ask = (event) => busy(event.target, () => act("colleagues", { as: world.me, wish: name }));
  return h("button", { type: "button", class: "button plain", "data-wish": name, "aria-label": about, title: about, onclick: ask }, label);
}

function self() {
  const who = me();
  const words = h("div", {}, h("b", {}, who.name), h("span", { class: `role ${who.role}` }, ROLES[who.role]), h("p", {}, who.about || who.title || "No title yet"));
  return h("section", { class: "you-are", "aria-label": "You are" }, avatar(who, 40), words, h("button", { type: "button", class: "button plain", onclick: persons }, "Switch person"));
}

function step([name, label]) {
  const move = (event) => busy(event.target, () => act("clock", { as: world.me, step: name }));
  return h("button", { type: "button", class: "button plain", "data-step": name, onclick: move }, label);
}

async function busy(button, work) {
  stage.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    failed(error);
  } finally {
    button.disabled = false;
    stage.removeAttribute("aria-busy");
    button.focus();
  }
}

function tick() {
  const at = now();
  if (!me()) return;
  put(time, h("span", { class: "day-of" }, format(at, { weekday: "long", month: "short", day: "numeric" })), h("span", { class: "time-of" }, clock(at)), h("span", { class: "zone-of" }, city(me().zone)));
}
