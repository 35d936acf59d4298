// What a reply holds beside its text: replies to tap, buttons, cards. Every text is untrusted and goes in as
// textContent; an address is opened only if it is one of the web. Nothing is loaded from another host, so a card's
// picture is a link.

import { told } from "./words.js";

const MOST = 20; // of anything: more is no offer, and people may have written it

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) {
    made.textContent = text;
    made.dir = "auto";
    made.lang = ""; // unknown, as of a bubble
  }
  return made;
}

const words = (value) => (typeof value === "string" ? value.trim() : "");
const list = (value) => (Array.isArray(value) ? value.slice(0, MOST) : []);

/** The address if a browser may open it, else null. */
function web(address) {
  try {
    const url = new URL(words(address));
    return ["https:", "http:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(className, title, address) {
  const made = element("a", className, title);
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

/** A button that says its title, with its payload; one with an address is a link. */
function press(className, { title, payload, url }, onChoose) {
  if (!words(title)) return [];
  if (words(url)) return web(url) ? [link(className, words(title), web(url))] : [];
  const made = element("button", className, words(title));
  made.type = "button";
  made.addEventListener("click", () => onChoose(words(title), words(payload)));
  return [made];
}

function group(className, label, items) {
  const made = element("div", className);
  made.role = "group";
  made.ariaLabel = label;
  made.append(...items);
  return items.length ? [made] : [];
}

function card({ title, text, image_url: picture, buttons }, onChoose) {
  const made = element("li", "card");
  made.append(element("p", "card-title", words(title)));
  if (words(text)) made.append(element("p", "card-text", words(text)));
  if (web(picture)) made.append(link("card-link", told("picture"), web(picture)));
  made.append(...list(buttons).flatMap((each) => press("press", each ?? {}, onChoose)));
  return made;
}

function cards(found, onChoose) {
  const made = element("ul", "cards");
  made.role = "list"; // Safari forgets it without markers
  made.ariaLabel = told("cards");
  made.tabIndex = 0; // arrow keys scroll it
  made.append(...list(found).filter((each) => words(each?.title)).map((each) => card(each, onChoose)));
  return made.children.length ? [made] : [];
}

const SHOWN = {
  quick_replies: (part, onChoose) => group(
    "offers", told("replies"), list(part.options).flatMap((each) => press("example", each ?? {}, onChoose)),
  ),
  buttons: (part, onChoose) => group(
    "presses", told("choices"), list(part.buttons).flatMap((each) => press("press", each ?? {}, onChoose)),
  ),
  carousel: (part, onChoose) => cards(part.cards, onChoose),
};

/** The text to be shown and the elements under it; null for a message that is told by its words alone. */
export function shown(content, onChoose) {
  const [part, ...more] = list(content);
  if (!part || more.length || !Object.hasOwn(SHOWN, part.kind)) return null;
  const elements = SHOWN[part.kind](part, onChoose);
  if (!elements.length) return null;
  const said = [part.header, part.text, part.footer].map(words).filter(Boolean);
  return { text: said.join("\n"), elements };
}

/** Takes away what was offered under an earlier message; whether the visitor was there with the keyboard. */
export function withdraw(log) {
  const offers = [...log.querySelectorAll(".offers")];
  const focused = offers.some((each) => each.contains(document.activeElement));
  for (const each of offers) each.remove();
  return focused;
}
