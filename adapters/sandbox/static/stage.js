// Backstage: who one is, the clock that can be moved, what colleagues do, and what happened behind the scenes.

import { act } from "./api.js";
import { failed } from "./answers.js";
import { avatar } from "./avatar.js";
import { byId, h, put } from "./dom.js";
import { word } from "./language.js";
import { persons } from "./switcher.js";
import { me, now, on, world } from "./world.js";
import { clock, format, rich } from "./words.js";

const STEPS = ["hour", "day", "week", "morning", "due"];
const WISHES = ["join", "answer", "post"];
const SIGNS = { act: "●", planned: "◷", repeated: "◷", displaced: "☾", sent: "➤", redrawn: "↻", cancelled: "✕", expired: "⌛", paused: "‖", retrying: "↻", failed: "!", unknown: "?" };
const stage = byId("stage");
const time = h("p", { class: "clock", "aria-live": "off" });

on("world", show);
on("clock", tick);
on("message", tick);
on("strip", strip);
setInterval(tick, 1000);

const lines = h("ol", { tabindex: "0" });

function show() {
  const clock = h("section", { "aria-label": word("clock") }, time, h("div", { class: "steps" }, STEPS.map(step)));
  const people = h("section", { "aria-label": word("colleagues") }, h("h3", {}, word("let")), h("div", { class: "wishes" }, WISHES.map(wish)));
  const behind = h("section", { class: "strip", "aria-label": word("strip") }, h("h3", {}, word("strip")), lines);
  lines.setAttribute("aria-label", word("strip_order"));
  put(stage, h("h2", {}, word("stage")), h("p", { class: "lead" }, word("lead")), self(), clock, people, behind);
  tick();
  strip();
}

function strip() {
  const shown = [...world.strip].reverse();
  put(lines, shown.length ? shown.map(line) : h("li", { class: "nothing" }, word("strip_empty")));
}

function line(one) {
  const at = new Date(one.at);
  const zone = one.zone || me().zone;
  const time = format(at, { weekday: "short", hour: "numeric", minute: "2-digit", timeZone: zone });
  const when = h("span", { class: "when" }, word("time_in", { time, city: one.city || me().city }));
  const times = one.times > 1 && h("span", { class: "times" }, word("times", { count: one.times }));
  return h("li", { class: one.sign }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[one.sign] ?? "•"), h("span", {}, rich(one.words), times && [" ", times], " ", when));
}

function wish(name) {
  const about = word(`about_${name}`);
  const ask = (event) => busy(event.target, () => act("colleagues", { as: world.me, wish: name }));
  return h("button", { type: "button", class: "button plain", "data-wish": name, "aria-label": about, title: about, onclick: ask }, word(`wish_${name}`));
}

function self() {
  const who = me();
  const words = h("div", {}, h("b", {}, who.name), h("span", { class: `role ${who.role}` }, who.role_name), h("p", {}, who.about || who.title || word("no_title")));
  return h("section", { class: "you-are", "aria-label": word("you_are") }, avatar(who, 40), words, h("button", { type: "button", class: "button plain", onclick: persons }, word("switch")));
}

function step(name) {
  const move = (event) => busy(event.target, () => act("clock", { as: world.me, step: name }));
  return h("button", { type: "button", class: "button plain", "data-step": name, onclick: move }, word(`step_${name}`));
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
  put(time, h("span", { class: "day-of" }, format(at, { weekday: "long", month: "short", day: "numeric" })), h("span", { class: "time-of" }, clock(at)), h("span", { class: "zone-of" }, me().city));
}
