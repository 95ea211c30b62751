// Choosing people: names as chips, found by typing.

import { avatar } from "./avatar.js";
import { h, put } from "./dom.js";
import { word } from "./language.js";
import { Suggest } from "./suggest.js";
import { author, world } from "./world.js";

export function people(one) {
  let chosen = one.value.map((token) => token.slice(2, -1)).filter((account) => world.members.has(account));
  const chips = h("span", { class: "chips" });
  const input = h("input", { id: `field-${one.id}`, type: "text", placeholder: word("type_name"), "aria-required": one.required ? "true" : null });
  const element = h("div", { class: "people" }, chips, input);
  const choose = (accounts) => {
    chosen = accounts;
    input.value = "";
    put(chips, chosen.map((account) => chip(account, () => choose(chosen.filter((other) => other !== account)))));
    input.focus();
  };
  new Suggest(input, () => {
    const left = found(input.value).filter((member) => !chosen.includes(member.account) && !member.bot);
    return { items: left.map((member) => ({ view: person(member), take: () => choose([...chosen, member.account]) })) };
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !input.value) choose(chosen.slice(0, -1));
    if (event.key === "Enter") event.preventDefault();
  });
  const first = chosen;
  chosen = [];
  choose(first);
  return { element, input, chosen: () => chosen };
}

// Members whose name begins with, or then contains, what was typed.
export function found(typed, most = 8) {
  const wanted = plain(typed);
  const all = [...world.members.values()];
  const score = (member) => {
    const name = plain(member.name);
    if (name.startsWith(wanted) || member.account.startsWith(wanted)) return 0;
    return name.split(" ").some((word) => word.startsWith(wanted)) ? 1 : name.includes(wanted) ? 2 : 3;
  };
  const scored = all.map((member) => [score(member), member]).filter(([rank]) => rank < 3);
  return scored.sort(([one], [other]) => one - other).slice(0, most).map(([, member]) => member);
}

export function person(member) {
  return [avatar(member, 24), h("b", {}, member.name), h("span", { class: "about" }, member.title)];
}

export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

function chip(account, remove) {
  const name = author(account).name;
  return h("span", { class: "chip" }, name, h("button", { type: "button", "aria-label": word("remove", { name }), onclick: remove }, "✕"));
}
