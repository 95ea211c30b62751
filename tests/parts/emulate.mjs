// Emulate's Slack, subscribed to by one address: its command line cannot subscribe.
// `node emulate.mjs PORT SEED_FILE EVENTS_URL`
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [port, seed, events] = process.argv.slice(2);
const folder = fileURLToPath(new URL("./node_modules/emulate/dist/", import.meta.url));
const file = readdirSync(folder).find(
  (name) => /^dist-\w+\.js$/.test(name) && readFileSync(folder + name, "utf8").includes("slackPlugin"),
);
const { slackPlugin } = await import(folder + file);
const register = slackPlugin.register;
slackPlugin.register = (app, store, webhooks, ...rest) => {
  webhooks.register({ url: events, owner: "slack", events: ["*"], active: true });
  return register(app, store, webhooks, ...rest);
};

const { createEmulator } = await import(folder + "api.js");
await createEmulator({ service: "slack", port: Number(port), seed: JSON.parse(readFileSync(seed, "utf8")) });
