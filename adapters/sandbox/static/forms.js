// Forms: one function a field. A form that is refused stays open and filled, with a sentence beside each field.

import { act } from "./api.js";
import { answered } from "./answers.js";
import { show } from "./dialog.js";
import { h, put } from "./dom.js";
import { word } from "./language.js";
import { people } from "./people.js";
import { rich } from "./words.js";
import { world } from "./world.js";

const FIELDS = { line, paragraph, choice, several, people: persons, place, when, time };

export function openForm(form) {
  const fields = form.fields.map((one) => ({ one, ...FIELDS[one.kind](one) }));
  const submit = h("button", { class: "button primary", type: "submit" }, form.submit);
  const trouble = h("p", { class: "problem", role: "alert", hidden: true });
  const send = async (event) => {
    event.preventDefault();
    submit.setAttribute("aria-busy", "true");
    trouble.hidden = true;
    try {
      await sent(form, fields, close);
    } catch (error) {
      trouble.textContent = error.message;
      trouble.hidden = false;
    } finally {
      submit.removeAttribute("aria-busy");
    }
  };
  const intro = form.intro.length > 0 && h("p", { class: "intro", id: "dialog-intro" }, rich(form.intro));
  const cancel = h("button", { class: "button plain", type: "button", onclick: () => close() }, word("cancel"));
  const body = h("div", { class: "body" }, intro, fields.map(row));
  const close = show(h("form", { novalidate: true, lang: form.lang, onsubmit: send }, body, h("footer", {}, trouble, cancel, submit)), { title: form.title });
  tell(fields, form.problems);
}

async function sent(form, fields, close) {
  const values = Object.fromEntries(fields.map(({ one, value }) => [one.id, value()]));
  const answer = await act("submit", { as: world.me, room: world.room, address: form.address, state: form.state, values });
  if (Object.keys(answer.problems).length > 0) return tell(fields, answer.problems);
  close();
  answered(answer);
}

function row(field) {
  const { one, control, count } = field;
  const hint = one.hint && h("p", { class: "hint", id: `hint-${one.id}` }, one.hint);
  field.problem = h("p", { class: "problem", id: `problem-${one.id}`, hidden: true });
  const optional = !one.required && h("span", { class: "optional" }, ` (${word("optional")})`);
  const name = h(control.group ? "legend" : "label", control.group ? {} : { for: `field-${one.id}` }, one.label, optional, count);
  return h(control.group ? "fieldset" : "div", { class: "field" }, name, control.element, hint, field.problem);
}

function tell(fields, problems) {
  let first;
  for (const { one, control, problem } of fields) {
    const sentence = problems[one.id] ?? "";
    problem.hidden = !sentence;
    problem.textContent = sentence;
    const input = control.input ?? control.element;
    input.setAttribute("aria-invalid", String(Boolean(sentence)));
    input.setAttribute("aria-describedby", `problem-${one.id}${one.hint ? ` hint-${one.id}` : ""}`);
    if (sentence) first ??= input;
  }
  first?.focus();
}

function typed(one, element) {
  const count = h("span", { class: "count", "aria-hidden": "true" });
  const update = () => {
    const left = one.longest - [...element.value].length;
    put(count, left <= Math.max(20, one.longest / 5) ? String(left) : "");
    count.classList.toggle("over", left < 0);
  };
  element.addEventListener("input", update);
  update();
  return { control: { element }, value: () => element.value, count };
}

function basic(one) {
  return { id: `field-${one.id}`, name: one.id, "aria-required": one.required ? "true" : null };
}

function line(one) {
  return typed(one, h("input", { ...basic(one), type: "text", value: one.value, placeholder: one.placeholder }));
}

function paragraph(one) {
  return typed(one, h("textarea", { ...basic(one), rows: 4, value: one.value, placeholder: one.placeholder }));
}

function choice(one) {
  const empty = one.value.length ? null : h("option", { value: "", selected: true }, word(one.required ? "choose" : "none"));
  const options = one.options.map(({ value, label }) => h("option", { value, selected: one.value.includes(value) }, label));
  const element = h("select", basic(one), empty, options);
  return { control: { element }, value: () => element.value };
}

function several(one) {
  const boxes = one.options.map(({ value, label }, index) => {
    const id = index ? `field-${one.id}-${index}` : `field-${one.id}`;
    const box = h("input", { id, type: "checkbox", name: one.id, checked: one.value.includes(value) });
    box.dataset.value = value;
    return h("label", { class: "check" }, box, label);
  });
  const element = h("div", { class: "checks" }, boxes);
  const inputs = [...element.querySelectorAll("input")];
  const value = () => inputs.filter((box) => box.checked).map((box) => box.dataset.value);
  return { control: { element, group: true, input: inputs[0] }, value };
}

function persons(one) {
  const { element, input, chosen } = people(one);
  return { control: { element, input }, value: () => chosen().map((account) => `<@${account}>`) };
}

function place(one) {
  const channels = [...world.rooms.values()].filter((room) => room.kind === "channel");
  const token = (room) => `<#${room.key}>`;
  const options = channels.map((room) => h("option", { value: token(room), selected: one.value === token(room) }, `# ${room.name}`));
  const element = h("select", basic(one), h("option", { value: "" }, word(one.required ? "choose_channel" : "none")), options);
  if (!one.value) element.value = "";
  return { control: { element }, value: () => element.value };
}

function when(one) {
  const element = h("input", { ...basic(one), type: "datetime-local", value: one.value.slice(0, 16) });
  return { control: { element }, value: () => element.value };
}

function time(one) {
  const element = h("input", { ...basic(one), type: "time", value: one.value });
  return { control: { element }, value: () => element.value };
}
