// What comes back from an act: a form opens, the home page changes, or a sentence says what went wrong.

import { byId } from "./dom.js";
import { openForm } from "./forms.js";
import { lang } from "./language.js";
import { changed, refresh } from "./world.js";

let hide;

export function answered(answer) {
  if (answer.form) openForm(answer.form);
  if (answer.home) changed("home", answer.home);
  if (answer.lang && answer.lang !== lang()) refresh();
}

export function failed(error) {
  const toast = byId("toast");
  toast.textContent = error.message;
  toast.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (toast.hidden = true), 6000);
}
