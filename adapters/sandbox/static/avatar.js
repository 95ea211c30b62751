// Small faces drawn from a name: the same name always gets the same face. Without a photo there are initials.

import { svg } from "./dom.js";

// Two tones a face: background, face, hair, clothes.
const TONES = [
  ["#bfe0da", "#f1faf8", "#1d534d", "#3f8f86"], ["#f7cfbf", "#fff4ee", "#8a3a22", "#d0704f"],
  ["#cdd6f3", "#f4f6fe", "#2f3f86", "#6277c9"], ["#f5e2ae", "#fffaeb", "#7a5a0c", "#c79a2b"],
  ["#e3cfe8", "#fbf5fc", "#64357a", "#9a63ad"], ["#c9e3f0", "#f2fafd", "#1f5675", "#4a90b5"],
  ["#f4c9d0", "#fff3f5", "#8c2c43", "#cc6179"], ["#d9e5bd", "#f8fbee", "#4a601b", "#86a34a"],
];
const INK = "#2a2624";

export function avatar(member, size = 36) {
  const label = { class: "avatar", width: size, height: size, viewBox: "0 0 36 36", "aria-hidden": "true" };
  const clip = (...drawn) => svg("svg", label, ...drawn);
  if (member.bot) return clip(...drum());
  const seed = hash(member.account);
  const [ground, face, dark] = TONES[seed % TONES.length];
  const cloth = TONES[(seed >>> 9) % TONES.length][3];
  if (!member.photo) return clip(svg("rect", { width: 36, height: 36, fill: "#8b949e" }), initials(member.name));
  return clip(
    svg("rect", { width: 36, height: 36, fill: ground }),
    back(member.hair, dark),
    svg("path", { d: "M4 37c0-7 6-10 14-10s14 3 14 10z", fill: cloth }),
    svg("rect", { x: 14.5, y: 22, width: 7, height: 8, rx: 3.5, fill: face }),
    svg("ellipse", { cx: 18, cy: 17, rx: 7.6, ry: 8.6, fill: face }),
    front(member.hair, dark),
    svg("circle", { cx: 15.2, cy: 17.6, r: 1, fill: INK }),
    svg("circle", { cx: 20.8, cy: 17.6, r: 1, fill: INK }),
    svg("path", { d: "M15.300 21.300q2.700 2.200 5.400 0", fill: "none", stroke: INK, "stroke-width": 1, "stroke-linecap": "round" }),
    (seed >>> 11) % 4 === 0 && glasses(),
  );
}

function back(style, colour) {
  const shapes = {
    1: "M8.500 18c0-14 19-14 19 0v11h-19z",
    3: "M7.500 17c0-15 21-15 21 0 1 4 0 8-2 9h-17c-2-1-3-5-2-9z",
    5: "M9 16c0-13 18-13 18 0v8h-18z",
  };
  return shapes[style] ? svg("path", { d: shapes[style], fill: colour }) : null;
}

function front(style, colour) {
  const shapes = [
    "M10 16.500c-1-11 17-11 16 0-1-3-3-4.500-8-4.500s-7 1.500-8 4.500z",
    "M10 17c-.5-10.500 16.500-10.500 16 0-2-4-5-6-9-6-2 2.500-4 3.500-7 6z",
    "M9.800 17c-1.500-12.500 17.900-12.500 16.400 0-.6-3-2-5-3.200-5-3.500 1.200-6.500 1.200-10 0-1.200 0-2.600 2-3.200 5z",
    "M10 16c1-9.500 15-9.500 16 0-4.500-3.500-11.500-3.500-16 0z",
    "M11.500 12.500c2-5.500 11-5.500 13 0-3.500-1.500-9.500-1.500-13 0z",
    "M10 17c-1-11.500 17-11.500 16 0-1-4.500-3.500-6.500-5-5.500-4.500 0-8.500.5-11 5.500z",
  ];
  return svg("path", { d: shapes[style], fill: colour });
}

function glasses() {
  const round = (cx) => svg("circle", { cx, cy: 17.6, r: 2.4, fill: "none", stroke: INK, "stroke-width": 0.8 });
  return svg("g", {}, round(15.2), round(20.8), svg("path", { d: "M17.600 17.600h.8", stroke: INK, "stroke-width": 0.8 }));
}

function initials(name) {
  const words = name.split(" ");
  const text = words[0][0] + (words.length > 1 ? words.at(-1)[0] : "");
  const place = { x: 18, y: 23, "text-anchor": "middle", "font-size": 14, "font-weight": 600, fill: "#fff" };
  return svg("text", place, text);
}

function drum() {
  return [
    svg("rect", { width: 36, height: 36, rx: 8, fill: "#e4572e" }),
    svg("path", { d: "M8 15v9c0 3 4.500 5 10 5s10-2 10-5v-9", fill: "#fff" }),
    svg("path", { d: "M8 16l5 12 5-11 5 11 5-12", fill: "none", stroke: "#e4572e", "stroke-width": 1.6, "stroke-linejoin": "round" }),
    svg("ellipse", { cx: 18, cy: 15, rx: 10, ry: 4.5, fill: "#ffe3d8", stroke: "#fff", "stroke-width": 1.6 }),
    svg("path", { d: "M12 5l6.500 9M27 6l-7 8", stroke: "#fff", "stroke-width": 2.2, "stroke-linecap": "round" }),
  ];
}

function hash(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}
