// The chat page: the visitor's session, his messages one after another, and the conversation's events.

import { Stream } from "./stream.js";
import { Own, announce, clear, showConnection, showNotice, showPreview, showReply, showTyping, timeOf, welcome } from "./view.js";
import { told } from "./words.js";

const SEND_TIMEOUT_MS = 20_000;
const REPLAYED_MS = 400; // this long without an event, and the earlier conversation has been shown again
const ROOM_SHOWN_FROM = 3500;

const $$ = (id) => document.getElementById(id);
const botName = $$("bot-name").textContent;
const text = $$("text");

let visitor = null;
let outbox = Promise.resolve(); // one message at a time, so that they arrive in the order written
const mine = new Set(); // own messages: {id, text, view, messageId once the server has it}
const known = new Set(); // message ids shown already
const running = new Set(); // turns being answered
let withPeople = false;

// -- the session

async function openSession(fresh = false) {
  const response = await post("/widget/session", { fresh });
  if (!response.ok) throw await refusal(response);
  const session = await response.json();
  if (visitor !== null && session.visitor !== visitor) beginAnew(fresh);
  visitor = session.visitor;
}

let opening = null;
/** Opens the session once, however many ask meanwhile. */
function ensureSession() {
  opening ??= openSession().finally(() => (opening = null));
  return opening;
}

/** Leaves the conversation. What was not sent yet goes on to the next one, unless the visitor wished a `fresh` one. */
function beginAnew(fresh) {
  const unsent = fresh ? [] : [...mine].filter((message) => message.state !== "sent");
  mine.clear();
  known.clear();
  running.clear();
  withPeople = false;
  showTyping(false, botName);
  clear();
  for (const message of unsent) {
    mine.add(message);
    message.view.show();
  }
  stream.forget();
}

function post(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  });
}

class Refused extends Error {}

/** The server's own words for a refusal (problem+json), made fit for a visitor. */
async function refusal(response) {
  if (response.status === 429) {
    const wait = Math.ceil(Number(response.headers.get("Retry-After"))) || 10;
    return new Refused(told("too_much", { seconds: wait }));
  }
  if (response.status >= 500) return new Refused(told("unable"));
  const problem = await response.json().catch(() => ({}));
  return new Refused(typeof problem.detail === "string" ? problem.detail : told("refused", { status: response.status }));
}

// -- sending

/** Sends a text; `payload` comes with one that was tapped. */
function say(said, payload = "") {
  const message = { id: newId(), text: said, payload, view: new Own(said), messageId: null };
  mine.add(message);
  dispatch(message);
}

function dispatch(message) {
  message.state = "pending";
  message.view.pending();
  message.view.show();
  outbox = outbox.then(() => deliver(message));
}

async function deliver(message) {
  if (!mine.has(message) || message.messageId) return; // started over meanwhile, or it had arrived after all
  try {
    accept(message, await send(message));
  } catch (wrong) {
    if (!mine.has(message) || message.messageId) return;
    fail(message, wrong instanceof Refused ? wrong.message : told("failed"));
  }
}

async function send(message) {
  const body = { message_id: message.id, text: message.text };
  if (message.payload) body.payload = message.payload;
  let response = await post("/widget/messages", body);
  if (response.status === 401) {
    await ensureSession();
    response = await post("/widget/messages", body);
  }
  if (response.status !== 202) throw await refusal(response);
  return response.json();
}

function fail(message, reason) {
  message.state = "failed";
  message.view.failed(reason, () => {
    dispatch(message);
    text.focus();
  });
}

function accept(message, { message_id: messageId, conversation_id: conversation }) {
  if (!mine.has(message)) return;
  // Its event may have come first and been taken for another unsent message of the same words.
  const other = [...mine].find((one) => one !== message && one.messageId === messageId);
  if (other) {
    other.messageId = null;
    fail(other, told("failed"));
  }
  settle(message, messageId);
  stream.expect(conversation);
}

function settle(message, messageId) {
  known.add(messageId);
  message.messageId = messageId;
  message.state = "sent";
  message.view.sent(timeOf(messageId));
}

/** A UUIDv4; crypto.randomUUID is missing on pages served over plain http. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// -- receiving

const on = {
  "message.received": ({ message_id: id, text: said, sender_type: sender }) => {
    if (known.has(id)) return [...mine].find((one) => one.messageId === id)?.view.told();
    if (sender !== "customer" && sender !== "user") {
      known.add(id);
      if (sender === "agent") showReply(told("person"), said, timeOf(id), { label: `${told("person")} · ` });
      else if (sender === "ai") showReply(botName, said, timeOf(id));
      return;
    }
    const unsent = (state) => [...mine].find((one) => one.state === state && one.text === said);
    const message = unsent("pending") ?? unsent("failed") ?? fromElsewhere(said);
    message.view.told();
    settle(message, id);
  },
  "message.sent": ({ message_id: id, text: said, content, sender_type: sender, turn_id: turn }) => {
    endTurn(turn);
    if (known.has(id) || !said) return;
    known.add(id);
    const [name, label] = sender === "agent" ? [told("person"), `${told("person")} · `] : [botName, ""];
    showReply(name, said, timeOf(id), { label, content, onChoose: choose });
  },
  "turn.preview": ({ turn_id: turn, text: said }) => {
    if (running.has(turn)) showPreview(said);
  },
  "turn.started": ({ turn_id: turn }) => {
    showPreview("");
    running.add(turn);
    showTyping(true, botName);
  },
  "conversation.handed_off": () => {
    running.clear();
    showPreview("");
    showTyping(false, botName);
    if (!withPeople) showNotice(told("handed_over")); // it comes again when somebody takes the call
    withPeople = true;
  },
  "conversation.released": () => {
    withPeople = false;
    showNotice(told("released"));
  },
  "conversation.closed": () => {
    withPeople = false;
    showNotice(told("closed"));
  },
};

/** A message of this visitor that this page did not send: before a reload, or in another tab. */
function fromElsewhere(said) {
  const message = { id: null, text: said, view: new Own(said), messageId: null };
  mine.add(message);
  return message;
}

function choose(title, payload) {
  say(title, payload);
  text.focus();
}

function endTurn(turn) {
  running.delete(turn);
  showPreview("");
  showTyping(running.size > 0, botName);
}

let replayed = null;
const stream = new Stream({
  onEvent(type, data) {
    clearTimeout(replayed);
    replayed = setTimeout(() => announce(true), REPLAYED_MS);
    if (on[type]) on[type](data);
    else if (type.startsWith("turn.")) endTurn(data.turn_id);
  },
  onState(state, failures = 0) {
    if (state === "idle") announce(true);
    if (state !== "open") welcome();
    if (state !== "lost") showConnection("");
    else if (failures > 1) showConnection(told("lost"));
  },
  onNobody: ensureSession,
});

// -- writing

function fit() {
  if (!CSS.supports("field-sizing", "content")) {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  }
  const left = text.maxLength - text.value.length;
  $$("room").textContent = text.value.length < ROOM_SHOWN_FROM ? "" : told("room", { count: left });
}

$$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!text.value.trim()) return text.focus();
  say(text.value.trim());
  text.value = "";
  fit();
  text.focus();
});

text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  // 229: the key that ends a composition belongs to the input method, and Safari reports it after the end.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  $$("composer").requestSubmit();
});

$$("welcome").addEventListener("click", (event) => {
  const example = event.target.closest(".example");
  if (!example) return;
  say(example.textContent);
  text.focus();
});

$$("start-over").addEventListener("click", () => $$("confirm").showModal());
$$("confirm").addEventListener("close", async () => {
  if ($$("confirm").returnValue !== "yes") return;
  try {
    await openSession(true);
    showConnection("");
  } catch (wrong) {
    showConnection(wrong instanceof Refused ? wrong.message : told("failed_later"));
  }
  text.focus();
});

// -- beginning

if (matchMedia("(pointer: fine)").matches) text.focus(); // on a phone it would open the keyboard
await ensureSession().catch(() => {}); // the stream asks again
stream.follow();
