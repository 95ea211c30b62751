// Everything the page asks of the server, and the live stream.

import { word } from "./language.js";

const token = document.querySelector("meta[name=sandbox-token]").content;

export class Refusal extends Error {}

export async function state(as) {
  return ask(`state?as=${encodeURIComponent(as)}`);
}

export async function act(name, body) {
  const delivery = crypto.randomUUID();
  return ask(name, {
    method: "POST",
    headers: { "content-type": "application/json", "x-sandbox-token": token },
    body: JSON.stringify({ delivery, ...body }),
  });
}

// Calls `heard` with every change; a change that says "afresh" means: ask for the whole state again.
export function live(as, heard) {
  const source = new EventSource(`live?as=${encodeURIComponent(as)}`);
  source.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  return () => source.close();
}

async function ask(url, how = {}) {
  const response = await fetch(url, how).catch(() => null);
  const body = (await response?.json().catch(() => null)) ?? {};
  if (!response?.ok) throw new Refusal(body.sentence || word("failed"));
  return body;
}
