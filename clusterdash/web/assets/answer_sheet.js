// A block of questions. What is typed lies in this browser until the server has acknowledged it by its id.
// A field sends one change at a time: what is typed meanwhile waits, and is sent upon the version acknowledged last.
const TEXT_DELAY = 800, RESEND = 3000, LONGEST = 4000, ALMOST = 200;

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("main");
  const sheet = (root.sheet ??= new Sheet(root));
  sheet.update(data, (changes) => setTriggerValue("changes", changes));
}

class Sheet {
  constructor(root) {
    this.root = root;
    this.cards = new Map();
    this.drafts = new Map();
    this.storable = true;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("offline", () => this.showStates());
    window.addEventListener("beforeunload", (event) => { if (this.drafts.size) event.preventDefault(); });
  }

  update(data, send) {
    const anew = !this.data || this.data.sheet !== data.sheet || this.data.language !== data.language;
    if (!this.data || this.data.owner !== data.owner) this.drafts = this.read(data.owner);
    this.data = data;
    this.send = send;
    this.acknowledge();
    if (anew) this.build();
    for (const question of data.questions) this.cards.get(question.code)?.show(question);
    this.showError();
    this.showStates();
    this.schedule(RESEND);
    if ([...this.drafts.values()].some((draft) => !draft.sent)) this.schedule(0);
  }

  build() {
    this.cards.clear();
    this.root.replaceChildren((this.alert = element("p", { role: "alert", className: "alert" })));
    for (const question of this.data.questions) {
      const card = new Card(this, question);
      this.cards.set(question.code, card);
      this.root.append(card.box);
    }
  }

  acknowledge() {
    for (const [key, draft] of this.drafts) {
      const version = draft.sent && this.data.done[draft.sent.change_id];
      if (version === undefined || version === null) continue;
      this.cards.get(draft.question)?.fields.get(draft.field)?.acknowledged(draft.sent.value, version);
      if (draft.next === null) this.drafts.delete(key);
      else Object.assign(draft, { sent: null, base: version });
      this.store(key);
    }
  }

  edit(field, value, delay) {
    const key = `${field.question}.${field.name}`;
    const draft = this.drafts.get(key) ?? { question: field.question, field: field.name, sent: null, base: field.version };
    draft.next = value;
    this.drafts.set(key, draft);
    this.store(key);
    this.showStates();
    this.schedule(delay);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    if (this.drafts.size) this.timer = setTimeout(() => this.flush(), delay);
  }

  flush() {
    clearTimeout(this.timer);
    const changes = [];
    for (const [key, draft] of this.drafts) {
      if (!draft.sent) {
        draft.sent = { change_id: randomId(), question: draft.question, field: draft.field, value: draft.next, base: draft.base };
        draft.next = null;
        this.store(key);
      }
      changes.push(draft.sent);
    }
    if (changes.length && navigator.onLine) this.send(changes.slice(0, 100));
    this.schedule(RESEND);
  }

  pending(question, field) {
    const draft = this.drafts.get(`${question}.${field}`);
    return draft && (draft.next ?? draft.sent.value);
  }

  read(owner) {
    const found = new Map(), prefix = `clusterdash-draft:${owner}:`;
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(prefix)) found.set(name.slice(prefix.length), JSON.parse(localStorage.getItem(name)));
      }
    } catch { this.storable = false; }
    return found;
  }

  store(key) {
    const name = `clusterdash-draft:${this.data.owner}:${key}`, draft = this.drafts.get(key);
    try {
      if (draft) localStorage.setItem(name, JSON.stringify(draft));
      else localStorage.removeItem(name);
      this.storable = true;
    } catch { this.storable = false; }
  }

  showError() {
    const text = this.data.error || (this.storable ? "" : this.data.texts.not_kept);
    if (this.alert.textContent !== text) this.alert.textContent = text;
    this.alert.hidden = !text;
  }

  showStates() {
    for (const [code, card] of this.cards) {
      card.showState([...this.drafts.values()].some((draft) => draft.question === code), this.data.texts);
    }
  }
}

class Card {
  constructor(sheet, question) {
    this.fields = new Map();
    this.typed = false;
    const head = element("h3", { textContent: question.title });
    this.box = element("section", {}, head);
    this.box.id = `question-${question.code}`;
    this.lines = element("div", {});
    this.box.append(this.lines);
    const fields = element("div", { className: "fields" });
    for (const field of question.fields) {
      const made = new Field(sheet, question, field);
      this.fields.set(field.name, made);
      fields.append(made.box);
    }
    this.box.append(fields);
    this.state = element("small", { role: "status" });
    this.box.append(this.state);
  }

  show(question) {
    const content = JSON.stringify(question.lines);
    if (this.lines.dataset.content !== content) {
      this.lines.dataset.content = content;
      this.lines.replaceChildren(...question.lines.map((line) => element("p", { className: "line", textContent: line })));
    }
    for (const field of question.fields) this.fields.get(field.name)?.show(field);
  }

  showState(pending, texts) {
    const text = pending ? (navigator.onLine ? texts.waiting : texts.offline) : this.typed ? texts.saved : "";
    this.typed ||= pending;
    this.state.dataset.state = pending ? "waiting" : "saved";
    if (this.state.textContent !== text) this.state.textContent = text;
  }
}

class Field {
  constructor(sheet, question, field) {
    Object.assign(this, { sheet, question: question.code, name: field.name, version: field.version, value: field.value });
    this.id = `${question.code}-${field.name}`;
    this.box = element("div", { className: `field ${field.kind}` });
    this.notice = element("div", { className: "notice" });
    if (field.choices.length) this.buildChoices(question, field);
    else this.buildText(question, field);
    this.box.append(this.notice);
  }

  buildChoices(question, field) {
    const legend = element("legend", { textContent: field.label });
    const group = element("fieldset", { disabled: field.read_only }, legend);
    this.radios = field.choices.map(([value, label]) => {
      const radio = element("input", { type: "radio", name: this.id, value });
      radio.onchange = () => this.sheet.edit(this, value, 0);
      group.append(element("label", {}, radio, element("span", { textContent: label })));
      return radio;
    });
    this.box.append(group);
  }

  buildText(question, field) {
    const long = field.kind === "text";
    this.input = element(long ? "textarea" : "input", { id: this.id, maxLength: LONGEST, readOnly: field.read_only });
    if (long) this.input.rows = 2;
    else Object.assign(this.input, { type: "text", inputMode: "decimal", autocomplete: "off" });
    this.input.setAttribute("aria-label", `${question.code}: ${field.label}`);
    this.input.oninput = () => { this.count(); this.sheet.edit(this, this.input.value, TEXT_DELAY); };
    this.input.onblur = () => this.sheet.flush();
    this.counter = element("small", { className: "counter" });
    this.box.append(element("label", { htmlFor: this.id, textContent: field.label }), this.input, this.counter);
  }

  count() {
    const left = LONGEST - this.input.value.length;
    this.counter.textContent = left <= ALMOST ? `${this.sheet.data.texts.left}: ${left}` : "";
  }

  acknowledged(value, version) {
    this.value = value;
    this.version = version;
  }

  show(field) {
    const pending = this.sheet.pending(this.question, this.name);
    const busy = this.input?.matches(":focus");
    if (pending === undefined && !busy && field.version >= this.version) {
      this.value = field.value;
      this.version = field.version;
    }
    const shown = pending ?? this.value;
    if (this.radios) for (const radio of this.radios) radio.checked = radio.value === shown;
    else if (this.input.value !== shown && !busy) this.input.value = shown;
    this.showNotice(field, shown);
  }

  showNotice(field, shown) {
    const texts = this.sheet.data.texts, parts = [];
    if (field.offered && field.offered.value !== shown) {
      parts.push(this.line(field.offered.text, field.read_only ? "" : field.offered.button, field.offered.value));
    }
    if (field.problem && shown === field.value) parts.push(this.line(field.problem, "", "", "problem"));
    if (field.overtaken && field.overtaken.value !== shown && shown === field.value) {
      parts.push(this.line(field.overtaken.text, field.read_only ? "" : texts.put_back, field.overtaken.value, "overtaken"));
    }
    const content = JSON.stringify(parts.map((part) => part.textContent));
    if (this.notice.dataset.content === content) return;
    this.notice.dataset.content = content;
    this.notice.replaceChildren(...parts);
  }

  line(text, button, value, kind = "") {
    const line = element("p", { className: kind }, element("span", { textContent: text }));
    if (button) {
      const press = element("button", { type: "button", textContent: button });
      press.setAttribute("aria-label", `${button}: ${this.question}`);
      press.onclick = () => {
        if (this.input) this.input.value = value;
        this.sheet.edit(this, value, 0);
        if (this.radios) for (const radio of this.radios) radio.checked = radio.value === value;
      };
      line.append(press);
    }
    return line;
  }
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// crypto.randomUUID exists on secure pages only.
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
