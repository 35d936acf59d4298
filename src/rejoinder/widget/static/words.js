// What the page says, in the language the server chose for it (widget/words). The page holds it as JSON.

const texts = JSON.parse(document.querySelector("meta[name=words]").content);

/** The text of that name, with the values put in where it says {so}. */
export function told(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
