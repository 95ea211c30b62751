// The one modal dialog. The browser's own keeps the focus inside, closes on Escape and gives the focus back.

import { byId, h, put } from "./dom.js";
import { word } from "./language.js";

export function show(content, { title, wide = false, closed = () => {} } = {}) {
  const dialog = byId("dialog");
  if (dialog.open) dialog.close();
  dialog.className = wide ? "wide" : "";
  const close = h("button", { class: "quiet close", type: "button", "aria-label": word("close"), onclick: () => dialog.close() }, "✕");
  dialog.setAttribute("aria-describedby", "dialog-intro"); // what is asked, where a form says it above its fields
  put(dialog, h("header", {}, h("h2", { id: "dialog-title" }, title), close), content);
  dialog.onclose = () => {
    if (dialog.open) return; // told late, of the dialog before this one
    dialog.replaceChildren();
    closed();
  };
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
  dialog.querySelector("[autofocus], input, textarea, select")?.focus();
  return () => dialog.close();
}

export function confirmed(label, question, style) {
  return new Promise((resolve) => {
    let said = false;
    const say = () => {
      said = true;
      close();
    };
    const cancel = h("button", { class: "button plain", type: "button", onclick: () => close() }, word("cancel"));
    const yes = h("button", { class: `button ${style === "danger" ? "danger" : "primary"}`, type: "button", autofocus: true, onclick: say }, label);
    const body = h("div", { class: "body" }, h("p", {}, question));
    const close = show(h("div", {}, body, h("footer", {}, cancel, yes)), { title: word("sure"), closed: () => resolve(said) });
  });
}
