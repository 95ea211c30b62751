// A list of suggestions under (or over) a text box: arrows move, Enter or Tab takes, Escape closes.

import { h, put } from "./dom.js";
import { word } from "./language.js";

let counter = 0;

export class Suggest {
  // find(box) -> {label, items: [{view, take}]} or null; always: keep the list open without a query.
  constructor(box, find, { place = box.parentElement } = {}) {
    this.box = box;
    this.find = find;
    this.items = [];
    this.at = 0;
    const id = `suggest-${++counter}`;
    this.list = h("ul", { class: "suggest", id, role: "listbox", "aria-label": word("suggestions"), "data-label": "suggestions", hidden: true });
    place.append(this.list);
    const combobox = { role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(combobox)) box.setAttribute(name, value);
    box.addEventListener("input", () => this.look());
    box.addEventListener("click", () => this.look());
    box.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    box.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  look() {
    const found = this.find(this.box);
    this.items = found?.items ?? [];
    this.at = 0;
    if (!this.items.length) return this.close();
    put(this.list, this.items.map((item, index) => this.row(item, index)));
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark();
  }

  close() {
    this.items = [];
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  row(item, index) {
    const take = (event) => {
      event.preventDefault();
      this.take(index);
    };
    return h("li", { role: "option", id: `${this.list.id}-${index}`, onmousedown: take }, item.view);
  }

  mark() {
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.at)));
    const row = this.list.children[this.at];
    this.box.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  take(index) {
    const item = this.items[index];
    this.close();
    item.take();
  }

  key(event) {
    if (!this.items.length || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this.at = (this.at + steps[event.key] + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
