// Cards: one function a part. A pressed button goes to the server with its address and value.

import { act } from "./api.js";
import { h } from "./dom.js";
import { confirmed } from "./dialog.js";
import { answered, failed } from "./answers.js";
import { lang, word } from "./language.js";
import { rich, web } from "./words.js";
import { world } from "./world.js";

const PARTS = { heading, prose, fields, buttons, select, picture, bars, chart, divider, context };

export function card(shown, message) {
  return h("div", { class: "card", lang: shown.lang }, shown.parts.map((part) => PARTS[part.kind](part, message)));
}

function heading(part) {
  return h("h3", { class: "card-heading" }, part.text);
}

function prose(part) {
  return h("p", { class: "card-prose" }, rich(part.text));
}

function context(part) {
  return h("p", { class: "card-context" }, rich(part.text));
}

function divider() {
  return h("hr", { class: "card-divider" });
}

function fields(part) {
  const pairs = part.pairs.map(({ label, text }) => h("div", {}, h("dt", {}, label), h("dd", {}, rich(text))));
  return h("dl", { class: "card-fields" }, pairs);
}

function buttons(part, message) {
  return h("div", { class: "card-buttons" }, part.buttons.map((one) => button(one, message)));
}

function select(part, message) {
  const options = part.options.map(({ value, label }) => h("option", { value, selected: value === part.chosen }, label));
  const empty = part.chosen ? null : h("option", { value: "", selected: true, disabled: true }, part.label);
  const chosen = (event) => press(event.target, message, part.address, event.target.value);
  return h("select", { class: "card-select", "aria-label": part.label, "data-address": part.address, onchange: chosen }, empty, options);
}

function picture(part) {
  const own = part.url.startsWith("/");
  if (own) return h("img", { class: "card-picture", src: part.url, alt: part.alt });
  return web(part.url) ? h("a", { class: "card-link", href: part.url, target: "_blank", rel: "noreferrer" }, part.alt) : h("span", {}, part.alt);
}

function bars(part, message) {
  return h("ul", { class: "bars" }, part.bars.map((one) => bar(one, part.hidden, message)));
}

// A table to whoever cannot see it, with a drawn bar in each row for whoever can.
function chart(part) {
  const most = Math.max(...part.bars.map((one) => one.count), 1);
  const rows = part.bars.map((one) =>
    h("tr", { class: one.winner ? "winner" : null }, h("th", { scope: "row" }, label(one)), h("td", { class: "chart-bar", "aria-hidden": "true" }, fill(one.count / most)), h("td", {}, figure(one))),
  );
  return h("figure", { class: "chart" }, h("figcaption", {}, part.title), h("table", { "aria-label": part.title }, h("tbody", {}, rows)));
}

function label(one) {
  return h("span", { class: "bar-label" }, one.winner && h("span", { class: "crown", "aria-label": `${word("most_votes")} ` }, "★ "), one.label);
}

function figure(one) {
  const percent = new Intl.NumberFormat(lang(), { style: "percent" }).format(one.share);
  return h("span", { class: "bar-figure" }, h("b", {}, String(one.count)), ` · ${percent}`);
}

function fill(share) {
  const drawn = h("span", { class: "bar-fill" });
  drawn.style.width = `${Math.round(share * 100)}%`;
  return drawn;
}

function bar(one, hidden, message) {
  const note = one.note.length > 0 && h("span", { class: "bar-note" }, rich(one.note));
  return h(
    "li",
    { class: one.winner ? "bar winner" : "bar" },
    h("div", { class: "bar-main" }, h("div", { class: "bar-line" }, label(one), !hidden && figure(one)), h("span", { class: "bar-track", "aria-hidden": "true" }, fill(hidden ? 0 : one.share)), note),
    one.button && button(one.button, message, one.label),
  );
}

function button(one, message, about = "") {
  const ask = async (event) => {
    if (one.confirm && !(await confirmed(one.label, one.confirm, one.style))) return;
    press(event.target, message, one.address, one.value);
  };
  const label = one.spoken || (about && !one.label.includes(about) ? `${one.label}: ${about}` : null);
  return h("button", { class: `button ${one.style}`, type: "button", "aria-label": label, "data-address": one.address, "data-value": one.value, onclick: ask }, one.label);
}

async function press(element, message, address, value) {
  element.setAttribute("aria-busy", "true");
  try {
    answered(await act("click", { as: world.me, room: message.room, message: message.id, address, value }));
  } catch (error) {
    failed(error);
  } finally {
    element.removeAttribute("aria-busy");
  }
}
