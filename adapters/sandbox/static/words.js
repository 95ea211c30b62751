// Rich text as nodes, and times in the reader's own zone and language.

import { h } from "./dom.js";
import { lang } from "./language.js";
import { me, now, open, world } from "./world.js";

export function rich(spans) {
  return spans.map(span);
}

function span(one) {
  switch (one.kind) {
    case "mention":
      return h("span", { class: one.account === world.me ? "mention mine" : "mention" }, `@${one.text}`);
    case "place":
      return h("button", { class: "place", type: "button", onclick: () => open(one.room) }, `#${one.text}`);
    case "link":
      return web(one.url) ? h("a", { href: one.url, target: "_blank", rel: "noreferrer" }, one.text) : one.text;
    case "when":
      return h("time", { datetime: one.at }, format(new Date(one.at), { ...otherYear(new Date(one.at)), weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }));
    default:
      return styled(one);
  }
}

function styled(one) {
  if (one.code) return h("code", {}, one.text);
  return one.bold ? h("strong", {}, one.text) : one.text;
}

export const web = (url) => /^(https?:|\/)/.test(url);

// Without its year, a date of next year would be taken for one of this year.
const otherYear = (at) => at.getFullYear() === now().getFullYear() ? {} : { year: "numeric" };

export function format(at, options) {
  return new Intl.DateTimeFormat(lang(), { timeZone: me()?.zone ?? "UTC", ...options }).format(at);
}

export const clock = (at) => format(at, { hour: "numeric", minute: "2-digit" });
export const dayKey = (at) => format(at, { year: "numeric", month: "2-digit", day: "2-digit" });

export function dayName(at, today) {
  const day = 24 * 3600 * 1000;
  const near = [0, -1].find((days) => dayKey(at) === dayKey(new Date(today.getTime() + days * day)));
  if (near === undefined) return format(at, { weekday: "long", month: "long", day: "numeric" });
  const name = new Intl.RelativeTimeFormat(lang(), { numeric: "auto" }).format(near, "day");
  return name[0].toUpperCase() + name.slice(1);
}
