// Light or dark: as the system has it, until somebody presses the button.

import { h } from "./dom.js";
import { word } from "./language.js";

const KEY = "drumbeat-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";

export function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

export function theme() {
  const flip = (event) => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    apply();
    event.target.textContent = sign();
  };
  return h("button", { type: "button", class: "quiet theme", "aria-label": word("theme"), onclick: flip }, sign());
}

const sign = () => (isDark() ? "☀" : "☾");
system.addEventListener("change", apply);
apply();
