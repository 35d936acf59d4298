// What the visitor sees. Every text is untrusted and goes in as textContent.

import { shown, withdraw } from "./parts.js";
import { told } from "./words.js";

const $$ = (id) => document.getElementById(id);
const log = $$("log");
const scroller = $$("scroller");
const NEAR_PX = 80;

const sameDay = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/** When a message was made: our ids are UUIDv7, whose first 48 bits are Unix milliseconds (RFC 9562). */
export function timeOf(messageId) {
  return messageId[14] === "7" ? new Date(parseInt(messageId.replaceAll("-", "").slice(0, 12), 16)) : new Date();
}

function clock(time) {
  const element = document.createElement("time");
  element.dateTime = time.toISOString();
  element.textContent = (time.toDateString() === new Date().toDateString() ? sameDay : otherDay).format(time);
  return element;
}

function isAtEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
}

/** Runs `change` and keeps the newest message in sight, unless the visitor has scrolled up to read. */
function keepingPlace(change, follow = false) {
  const follows = follow || isAtEnd();
  change();
  if (follows) toEnd();
  else $$("newest").hidden = false;
}

export function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  $$("newest").hidden = true;
}

/** The first of the visitor's newest messages that the stream has not told of yet, if they stand at the end. */
function untold() {
  let first = null;
  for (let each = log.lastElementChild; each && "untold" in each.dataset; each = each.previousElementSibling) first = each;
  return first;
}

function join(element) {
  element?.classList.toggle("joined", element.previousElementSibling?.dataset.side === element.dataset.side);
}

/** Puts it in before `next`, else at the end. What the stream tells comes before what it has not told of: so an
    earlier conversation stands above a message that was written while it was being read. */
function put(element, next, follow) {
  if (element.dataset.side !== "none" && withdraw(log)) $$("text").focus();
  keepingPlace(() => {
    const after = element.nextElementSibling; // where it stood, if it is moved
    log.insertBefore(element, next);
    [element, element.nextElementSibling, after].forEach(join);
    $$("welcome").hidden = true;
    $$("start-over").hidden = false;
  }, follow);
}

function bubble(side, speaker, text) {
  const element = document.createElement("div");
  element.className = `message ${side}`;
  element.dataset.side = side;
  const said = document.createElement("span");
  said.className = "unseen";
  said.textContent = `${speaker}: `;
  const body = document.createElement("p");
  body.className = "bubble";
  body.dir = "auto";
  body.lang = ""; // unknown: a screen reader then judges by the text itself
  body.textContent = text;
  const foot = document.createElement("p");
  foot.className = "foot";
  element.append(said, body, foot);
  return element;
}

/** A message of the other side: the bot, or a person (then `speaker` says so).
    Of its `content` is shown what may be tapped, and `onChoose` is told the title and payload of it. */
export function showReply(speaker, text, time, { label = "", content = [], onChoose } = {}) {
  const parts = shown(content, onChoose);
  const element = bubble("bot", speaker, parts ? parts.text : text);
  element.lastElementChild.append(label, clock(time));
  if (parts && !parts.text) element.querySelector(".bubble").remove();
  if (parts) element.lastElementChild.before(...parts.elements);
  put(element, untold(), false);
}

/** The visitor's own message; the returned object shows how it fares. */
export class Own {
  constructor(text) {
    this.text = text;
    this.element = bubble("own", told("you"), text);
    this.foot = this.element.lastElementChild;
  }

  /** Just written: at the end, until the stream tells of it. */
  show() {
    if (!this.element.classList.contains("failed")) this.element.dataset.untold = "";
    put(this.element, null, true);
  }

  /** The stream tells of it, be it new or shown already. */
  told() {
    if (!this.element.isConnected) put(this.element, untold(), false);
    delete this.element.dataset.untold;
  }

  pending() {
    this.state("pending", told("sending"));
  }

  sent(time) {
    this.state("sent", clock(time), ` · ${told("sent")}`);
  }

  failed(reason, onRetry) {
    delete this.element.dataset.untold;
    const retry = document.createElement("button");
    retry.type = "button";
    retry.textContent = told("try_again");
    retry.addEventListener("click", onRetry, { once: true });
    keepingPlace(() => this.state("failed", told("not_sent", { reason }), retry));
  }

  state(name, ...foot) {
    this.element.classList.remove("pending", "sent", "failed");
    this.element.classList.add(name);
    this.foot.replaceChildren(...foot);
  }
}

/** What is being written, in place of what was shown of it before; an empty text takes it away.
    It stands behind the log, not in it: a screen reader hears of the message alone. */
export function showPreview(text) {
  const follows = isAtEnd();
  $$("preview").hidden = !text;
  $$("preview").firstElementChild.textContent = text;
  if (follows) toEnd();
}

export function showNotice(text) {
  const element = document.createElement("p");
  element.className = "notice";
  element.dataset.side = "none";
  element.textContent = text;
  put(element, untold(), false);
}

export function showTyping(on, botName) {
  if ($$("typing").hidden === !on) return;
  const follows = isAtEnd();
  $$("typing").hidden = !on;
  $$("typing-said").textContent = on ? told("writing", { name: botName }) : "";
  if (follows) toEnd();
}

export function showConnection(text) {
  $$("connection").textContent = text;
  $$("connection").hidden = text === "";
}

/** Whether new messages are read out: not while an earlier conversation is being shown again. */
export function announce(on) {
  log.setAttribute("aria-live", on ? "polite" : "off");
}

/** Offers a beginning, if there is none. */
export function welcome() {
  $$("welcome").hidden = log.hasChildNodes();
}

export function clear() {
  log.replaceChildren();
  showPreview("");
  $$("start-over").hidden = true;
  $$("newest").hidden = true;
}

let pinned = true; // to the end, when the keyboard opens or the field grows
scroller.addEventListener("scroll", () => {
  pinned = isAtEnd();
  if (pinned) $$("newest").hidden = true;
}, { passive: true });
new ResizeObserver(() => pinned && toEnd()).observe(scroller);
$$("newest").addEventListener("click", toEnd);
