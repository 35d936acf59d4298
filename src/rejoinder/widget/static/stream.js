// Server-sent events over fetch. EventSource hides the status, so it can't tell "no conversation yet" (204)
// from "no session any more" (401) or "slow down" (429), and gives up for good on all three.

const SILENT_MS = 60_000; // the server sends a comment well within this; a longer silence is a dead connection
const LONGEST_WAIT_MS = 15_000;

/** Splits a stream of text into events: feed() takes any piece and calls onEvent({id, type, data}) for each whole event. */
export class Parser {
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.rest = "";
    this.begin();
  }

  begin() {
    this.id = null;
    this.type = "message";
    this.data = [];
  }

  feed(piece) {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    lines.forEach((line) => this.line(line));
  }

  line(line) {
    if (line === "") {
      if (this.data.length) this.onEvent({ id: this.id, type: this.type, data: this.data.join("\n") });
      this.begin();
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") this.id = value;
    else if (field === "event") this.type = value;
    else if (field === "data") this.data.push(value);
  }
}

/** Gives the connection up as failed when `waited` takes too long. */
function unlessSilent(connection, waited) {
  const timer = setTimeout(() => connection.abort(new Error("silent")), SILENT_MS);
  return waited.finally(() => clearTimeout(timer));
}

/**
 * Follows the visitor's conversation for as long as the page lives, across lost connections.
 * onEvent gets each event once, in order. onState gets "open", "idle" (no conversation yet) or "lost".
 * onNobody is awaited when the server doesn't know the visitor any more.
 */
export class Stream {
  constructor({ onEvent, onState, onNobody }) {
    Object.assign(this, { onEvent, onState, onNobody });
    this.last = 0;
    this.conversation = null;
    this.connection = null;
    this.woken = false;
    this.resume = () => {};
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
  }

  /** Begins anew: the next connection reads the conversation from its start. */
  forget() {
    this.last = 0;
    this.conversation = null;
    this.connection?.abort();
    this.wake();
  }

  /** Sees to it that the stream is, or soon will be, that of `conversation`. */
  expect(conversation) {
    if (conversation === this.conversation) return;
    if (this.conversation !== null) this.connection.abort();
    this.wake();
  }

  /** Ends the pause, or the next one if a connection is just being made: its answer may be older than the call. */
  wake() {
    this.woken = true;
    this.resume();
  }

  async follow() {
    for (let failures = 0; ; ) {
      let wait = 0;
      try {
        wait = await this.connect();
        failures = 0;
      } catch (wrong) {
        if (wrong.name === "AbortError") continue; // we left it ourselves
        failures += 1;
        this.onState("lost", failures);
        wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
      }
      await this.pause(wait);
    }
  }

  /** One connection, to its end. Returns the milliseconds to wait before the next; throws when it failed. */
  async connect() {
    const connection = new AbortController();
    this.connection = connection;
    this.woken = false;
    const query = this.conversation ? `?conversation=${this.conversation}` : "";
    const response = await unlessSilent(connection, fetch(`/widget/events${query}`, {
      headers: this.last ? { "Last-Event-ID": String(this.last) } : {},
      cache: "no-store",
      signal: connection.signal,
    }));
    if (response.status === 204) {
      this.onState("idle");
      return Infinity; // until woken by the first message
    }
    if (response.status === 401) {
      await this.onNobody();
      return 1000;
    }
    if (response.status === 429) return 1000 * (Number(response.headers.get("Retry-After")) || 5);
    if (!response.ok) throw new Error(`events: ${response.status}`);
    await this.read(response, connection);
    return 1000;
  }

  async read(response, connection) {
    const conversation = response.headers.get("X-Conversation");
    if (conversation !== this.conversation) this.last = 0;
    this.conversation = conversation;
    this.onState("open");
    const parser = new Parser((event) => this.take(event, connection));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await unlessSilent(connection, reader.read());
      if (done) return;
      parser.feed(value);
    }
  }

  take({ id, type, data }, connection) {
    if (connection.signal.aborted) return; // a conversation that was left
    if (id !== null) {
      if (Number(id) <= this.last) return; // seen already
      this.last = Number(id);
    }
    this.onEvent(type, JSON.parse(data));
  }

  pause(ms) {
    if (this.woken) return undefined;
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : null;
      this.resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
