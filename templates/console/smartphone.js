"use strict";
/* The smartphone: a chat with buttons. A message is answered by a tap on "Reply" below it, as in Telegram. */

const talk = document.querySelector(".talk");
const replying = document.querySelector(".replying");
let shown = "", replyTo = "", next = 0;

function bubble(line) {
  const box = make("div", `bubble ${line.side}${line.pressed ? " pressed" : ""}`, make("p", "", line.text), make("time", "", line.at));
  if (line.file) {
    const link = make("a", "file", `📎 ${line.file.name}`);
    link.href = line.file.at;
    link.download = line.file.name;
    box.append(link);
  }
  for (const buttons of line.buttons) {
    const row = make("div", "inline");
    for (const button of buttons) {
      const key = make("button", "", button.text);
      key.type = "button";
      key.addEventListener("click", () => act({ message: line.id, data: button.data }));
      row.append(key);
    }
    box.append(row);
  }
  if (line.side === "us") {
    const reply = make("button", "reply", "Reply");
    reply.type = "button";
    reply.setAttribute("aria-label", `Reply to: ${line.text.slice(0, 40)}`);
    reply.addEventListener("click", () => answer(line));
    box.append(reply);
  }
  return box;
}

function answer(line) {
  replyTo = line ? line.id : "";
  replying.hidden = !line;
  replying.textContent = line ? `Reply to: ${line.text.slice(0, 60)}` : "";
  if (line) document.querySelector(".say input").focus();
}

async function act(body) {
  await tell("/sim/chat", { chat: chat.value, ...body });
  lookAtChat();
}

async function lookAtChat() {
  clearTimeout(next);
  try {
    if (!document.hidden) {
      const state = await (await fetch(`/sim/chat?chat=${chat.value}`)).json(), now = chat.value + JSON.stringify(state);
      if (now !== shown) {
        shown = now;
        const empty = make("p", "empty", "No messages yet. Send /help.");
        talk.replaceChildren(...(state.lines.length ? state.lines.map(bubble) : [empty]));
        talk.scrollTop = talk.scrollHeight;
        document.querySelector(".words").replaceChildren(...state.keyboard.map((word) => {
          const key = make("button", "", word);
          key.type = "button";
          key.addEventListener("click", () => act({ text: word }));
          return key;
        }));
      }
    }
  } catch {
    complain(SILENT);
  }
  next = setTimeout(lookAtChat, EVERY_MS);
}

if (chat) {
  document.querySelector(".say").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = document.querySelector(".say input"), text = input.value.trim();
    if (!text) return;
    input.value = "";
    act(replyTo ? { text, reply_to: replyTo } : { text });
    answer(null);
  });
  for (const button of document.querySelectorAll(".try[data-chat]")) {
    button.addEventListener("click", () => {
      chat.value = button.dataset.chat;
      chat.dispatchEvent(new Event("change"));
      const input = document.querySelector(".say input");
      input.value = button.dataset.say;
      input.focus();
    });
  }
  chat.addEventListener("change", () => { answer(null); forget(); look(); lookAtChat(); });
  lookAtChat();
}
