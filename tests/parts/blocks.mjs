// Draws messages as a Slack client would: JSON comes in ({people, channels, messages}), an HTML page goes out.
import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const { people, channels, messages } = JSON.parse(readFileSync(0, "utf8"));
const data = { users: people, channels, user_groups: [] };
const style = readFileSync(new URL("./node_modules/slack-blocks-to-jsx/dist/style.css", import.meta.url), "utf8");

// Slack still reads markup in a verbatim text (docs.slack.dev/reference/block-kit/composition-objects/text-object),
// which the library takes for no markup at all.
const read = (value) => {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "verbatim")
      .map(([name, inner]) => [name, read(inner)]),
  );
};

const drawn = messages.map(({ blocks }) =>
  renderToStaticMarkup(
    createElement(Message, { blocks: read(blocks), name: "Drumbeat", logo: "data:,", time: new Date(0), data, withoutWrapper: true }),
  ),
);
process.stdout.write(
  `<!doctype html><meta charset="utf-8"><style>${style}
  body { margin: 24px; font: 15px sans-serif; width: 640px }
  article { padding: 16px; border: 1px solid #ddd; border-radius: 8px; margin-bottom: 16px }</style>
  ${drawn.map((html) => `<article>${html}</article>`).join("")}`,
);
