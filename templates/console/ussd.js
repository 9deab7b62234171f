"use strict";
/* A keypad phone that dials a USSD code. Each step is one POST to /sim/ussd, whose answer is the screen: CON or END. */
class Dialler {
  constructor(handset) {
    this.handset = handset;
    this.sms = handset.text;
    this.panel = one(".ussd", handset.root);
    this.shown = one(".shown", this.panel);
    this.input = one("input", this.panel);
    this.session = ""; // "" while no session goes on
    this.typed = "";
    one(".dial", handset.root).addEventListener("click", () => this.dial());
    one(".lose", handset.root).addEventListener("click", () => this.close());
    this.input.addEventListener("focus", () => { active = handset; });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.answer(); }
    });
    handset.who.addEventListener("change", () => this.close());
  }

  get open() { return !this.panel.hidden; }

  dial() {
    if (this.handset.off) return;
    this.session = crypto.randomUUID();
    this.typed = "";
    this.ask();
  }

  /* "Send": what was typed is the next step; on the last screen it closes it. */
  answer() {
    if (!this.session) return this.close();
    this.typed = this.typed ? `${this.typed}*${this.input.value}` : this.input.value;
    return this.ask();
  }

  async ask() {
    const handset = this.handset, session = this.session;
    this.show("USSD code running ...", false);
    const said = await tell("/sim/ussd", { phone: handset.phone, session, text: this.typed, slow: handset.trouble.has("slow") });
    handset.trouble.delete("slow");
    handset.marked();
    look();
    if (session !== this.session) return; // lost, or dialled again, in the meantime
    if (!said) return this.close();
    const goes_on = said.startsWith("CON ");
    if (!goes_on) this.session = "";
    this.show(said.slice(4), goes_on);
  }

  show(text, asks) {
    this.panel.hidden = false;
    this.shown.textContent = text;
    this.input.value = "";
    this.input.disabled = !asks;
    one(".room", this.panel).textContent = asks ? `USSD, ${text.length + 4}/182` : this.session ? "" : "Ended. Send closes it.";
    this.handset.text = this.input;
    one(".lose", this.handset.root).disabled = false;
    if (asks) this.input.focus({ preventScroll: true });
  }

  close() {
    this.session = "";
    this.panel.hidden = true;
    this.handset.text = this.sms;
    one(".lose", this.handset.root).disabled = true;
  }
}

for (const handset of handsets) handset.ussd = new Dialler(handset);
