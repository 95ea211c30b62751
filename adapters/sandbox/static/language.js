// The page's own words, as the server hands them over in the language of whoever one is.

let words = {};

export function learn(lang, told) {
  words = told;
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
}

// A sentence by its key, with its places filled.
export function word(key, facts = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (place, name) => facts[name] ?? place);
}

export const lang = () => document.documentElement.lang;
