"use strict";
/* Two keypad phones and what happened. Asks this machine only: /sim/state every 700 ms, and POSTs. */
const EVERY_MS = 700;
const TAP_MS = 900; // the same key again within this time means its next letter
const LETTERS = { 1: ".,?!'-/1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9" };
const MODES = ["123", "abc", "ABC"];
const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
  "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";
const SILENT = "The service does not answer. Start it again with: kurikirana demo";

const chat = document.querySelector("#chat");
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function make(tag, name, ...content) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...content);
  return element;
}

/* How many characters an SMS takes, of how many, in how many parts (3GPP TS 23.038). */
function count(text) {
  let used = 0, gsm = true;
  for (const letter of text) {
    if (BASIC.includes(letter)) used += 1;
    else if (EXTENSION.includes(letter)) used += 2;
    else gsm = false;
  }
  if (!gsm) used = text.length;
  const [single, joined] = gsm ? [160, 153] : [70, 67];
  const parts = used <= single ? 1 : Math.ceil(used / joined);
  return { used, parts, limit: parts === 1 ? single : parts * joined };
}

function complain(why) {
  const notice = one(".notice[role=alert]");
  [notice.textContent, notice.hidden] = [why, !why];
}

async function tell(address, body) {
  try {
    const answer = await fetch(address, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    const said = await answer.json();
    complain(said.ok ? "" : said.why);
    return said.ok && said.now;
  } catch {
    complain(SILENT);
    return false;
  }
}

class Handset {
  constructor(root) {
    this.root = root;
    this.who = one(".who", root);
    this.text = one("textarea", root);
    this.thread = one(".thread", root);
    this.off = false;
    this.mode = 0;
    this.trouble = new Set();
    this.tap = { key: "", at: 0, index: 0 };
    this.seen = "";
    this.listen();
    this.counted();
  }

  get phone() { return this.who.value; }
  get name() { return this.who.selectedOptions[0].dataset.name; }

  listen() {
    this.who.addEventListener("change", () => { this.seen = ""; forget(); look(); });
    one("form", this.root).addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("input", () => this.counted());
    this.text.addEventListener("focus", () => { active = this; });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    one(".send", this.root).addEventListener("click", () => this.send());
    one(".clear", this.root).addEventListener("click", () => this.write(""));
    one(".mode-key", this.root).addEventListener("click", () => this.turn());
    for (const key of all(".keys button", this.root)) {
      key.addEventListener("click", () => this.press(key.dataset.key));
    }
    for (const button of all("[data-trouble]", this.root)) {
      button.addEventListener("click", () => this.toggle(button.dataset.trouble));
    }
  }

  write(text) {
    this.text.value = text;
    this.tap.key = "";
    this.counted();
  }

  turn() {
    this.mode = (this.mode + 1) % MODES.length;
    const key = one(".mode-key", this.root), name = MODES[this.mode];
    key.textContent = name;
    key.setAttribute("aria-label", `Numbers or letters: now ${["numbers", "small letters", "capital letters"][this.mode]}`);
    one(".mode", this.root).textContent = name;
    this.tap.key = "";
  }

  /* A key of the keypad: in 123 its digit, in abc its letters one after the other. */
  press(key) {
    if (this.off) return;
    const at = this.text.selectionStart ?? this.text.value.length, end = this.text.selectionEnd ?? at;
    if (key === "#") {
      this.text.setRangeText("", at === end ? Math.max(0, at - 1) : at, end, "end");
      this.tap.key = "";
    } else if (key === "*" || this.mode === 0 || !(key in LETTERS)) {
      this.text.setRangeText(key === "*" ? " " : key, at, end, "end");
      this.tap.key = "";
    } else {
      this.letter(key, at, end);
    }
    this.text.scrollTop = this.text.scrollHeight;
    this.counted();
  }

  letter(key, at, end) {
    const now = Date.now(), letters = LETTERS[key];
    const again = this.tap.key === key && now - this.tap.at < TAP_MS && at > 0;
    const index = again ? (this.tap.index + 1) % letters.length : 0;
    const letter = this.mode === 2 ? letters[index].toUpperCase() : letters[index];
    this.text.setRangeText(letter, again ? at - 1 : at, end, "end");
    this.tap = { key, at: now, index };
  }

  counted() {
    if (this.ussd?.open) return;
    const { used, limit, parts } = count(this.text.value);
    one(".count", this.root).textContent = `${used}/${limit} ${parts} SMS`;
    one(".counter", this.root).classList.toggle("more", parts > 1);
  }

  async toggle(trouble) {
    if (trouble === "off") {
      await tell("/sim/off", { phone: this.phone, off: !this.off });
      return look();
    }
    if (!this.trouble.delete(trouble)) this.trouble.add(trouble);
    return this.marked();
  }

  marked() {
    for (const button of all("[data-trouble]", this.root)) {
      const trouble = button.dataset.trouble;
      button.setAttribute("aria-pressed", String(trouble === "off" ? this.off : this.trouble.has(trouble)));
    }
  }

  async send() {
    if (this.off || one(".send", this.root).disabled) return;
    if (this.ussd.open) { this.ussd.answer(); return; }
    one(".send", this.root).disabled = true;
    const sent = await tell("/sim/send", {
      phone: this.phone, text: this.text.value, times: this.trouble.has("twice") ? 2 : 1,
      late_h: this.trouble.has("late") ? 2 : 0, hold: this.trouble.has("hold"),
    });
    one(".send", this.root).disabled = this.off;
    if (sent) this.write("");
    if (sent) this.trouble.clear();
    this.marked();
    look();
  }

  show(state, clock) {
    one(".number", this.root).textContent = this.phone;
    one(".time", this.root).textContent = clock.short;
    const now = JSON.stringify(state);
    if (now === this.seen) return;
    this.seen = now;
    this.off = state.off;
    if (this.off) this.ussd?.close();
    one(".dark", this.root).hidden = !state.off;
    for (const control of [one("textarea", this.root), ...all(".soft button, .keys button, .dial", this.root)]) control.disabled = state.off;
    this.marked();
    this.draw(state);
    one(".cost", this.root).textContent = `${this.name} has paid ${state.cost} SMS.` +
      (state.waiting ? ` ${state.waiting} SMS waiting.` : "");
  }

  draw(state) {
    const lines = state.lines.map((line) => make("div", `line ${line.side}`,
      make("time", "", line.side === "her" ? `sent ${line.at}` : `received ${line.at}`), make("p", "", line.text || "(empty SMS)")));
    const kept = state.kept.map((text) => make("div", "line her kept",
      make("time", "", "still in the network, until the next SMS"), make("p", "", text)));
    const none = make("p", "empty", "No messages yet. Type below, or use the keys.");
    this.thread.replaceChildren(...(lines.length + kept.length ? [...lines, ...kept] : [none]));
    const mine = all(".her", this.thread).at(-1); // show all answers to it from the first one on
    const from = mine?.nextElementSibling ?? this.thread.lastElementChild;
    this.thread.scrollTop = from.offsetTop - this.thread.offsetTop;
  }
}

/* --- what happened --- */

const turns = new Map();
let after = 0;

function forget() {
  turns.clear();
  one(".log").replaceChildren();
  after = 0;
}

const row = (list, name, label, ...content) => list.append(make("dt", name, label), make("dd", "", ...content));

function arrived(turn) {
  if (turn.phone === chat?.value && turn.kind !== "timer") return ["Chat in", make("q", "", turn.text || `(${turn.kind})`)];
  if (turn.timer === "wake") return ["Woken", "by another conversation"];
  if (turn.kind === "timer") return ["A timer", `${turn.timer} became due`];
  if (turn.kind === "ussd") return ["USSD in", make("q", "", turn.text || "(dialled)")];
  return ["SMS in", make("q", "", turn.text || "(empty SMS)"), make("small", "", turn.late)];
}

function card(turn, name) {
  const list = make("dl", "");
  row(list, "in", ...arrived(turn));
  const set_aside = turn.state === "quarantined" ? "set aside for a person" : "being read";
  row(list, "", "Understood", turn.understood || (turn.state === "done" ? "nothing to store" : set_aside));
  for (const stored of turn.stored) row(list, "kept", "Stored", stored);
  for (const out of turn.out) row(list, "out", `${out.road} out`, make("q", "", out.text), make("small", "", `${out.about}, ${out.state}`));
  const item = make("li", "turn", make("h3", "", `${turn.at}  ${name}`), list);
  Object.assign(item.dataset, { id: turn.id, phone: turn.phone });
  return item;
}

function told(log) {
  const names = new Map(handsets.map((handset) => [handset.phone, handset.name]));
  if (chat) names.set(chat.value, chat.selectedOptions[0].textContent);
  const place = one(".log");
  for (const turn of log) {
    const text = JSON.stringify(turn), before = turns.get(turn.id);
    if (before && before.text === text) continue;
    const item = card(turn, names.get(turn.phone) ?? turn.phone);
    turns.set(turn.id, { text, settled: turn.settled });
    if (before) one(`[data-id="${turn.id}"]`, place).replaceWith(item);
    else place.prepend(item);
  }
  one(".nothing").hidden = turns.size > 0;
  for (const [id, turn] of [...turns].sort((a, b) => a[0] - b[0])) {
    if (!turn.settled) break;
    after = Math.max(after, id);
  }
}

/* --- the clock and the loop --- */

function example(clock) {
  one(".day").textContent = clock.day;
  one(".month").textContent = clock.month;
  one(".try.main").dataset.text = all("tbody td").map((cell) => cell.textContent).join(" ");
}

let timer = 0, asking = 0;

async function look() {
  clearTimeout(timer);
  const mine = ++asking; // an older question's answer is not shown over a newer one's
  const phones = handsets.map((handset) => handset.phone).join(",");
  try {
    if (!document.hidden) {
      const answer = await fetch(`/sim/state?phones=${encodeURIComponent(phones)}&chat=${chat?.value ?? ""}&after=${after}`);
      const state = await answer.json();
      if (mine === asking) {
        if (one(".notice[role=alert]").textContent === SILENT) complain("");
        one(".now").textContent = state.clock.text;
        example(state.clock);
        for (const handset of handsets) handset.show(state.phones[handset.phone], state.clock);
        told(state.log);
      }
    }
  } catch {
    complain(SILENT);
  }
  if (mine === asking) timer = setTimeout(look, EVERY_MS);
}

for (const button of all("[data-hours]")) {
  button.addEventListener("click", async () => {
    one(".now").setAttribute("aria-live", "polite");
    const hours = button.dataset.hours;
    await tell("/sim/clock", { hours: hours === "next" ? hours : Number(hours) });
    await look();
    setTimeout(() => one(".now").setAttribute("aria-live", "off"), 3000);
  });
}
for (const button of all(".try[data-text]")) {
  button.addEventListener("click", () => {
    handsets[0].ussd.close();
    handsets[0].write(button.dataset.text);
    one(".send", handsets[0].root).focus();
  });
}
document.addEventListener("keydown", (event) => {
  if (document.activeElement === document.body && event.key.length === 1 && !event.ctrlKey && !event.metaKey) active.text.focus();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

const handsets = all(".handset").map((root) => new Handset(root));
let active = handsets[0];
look();
