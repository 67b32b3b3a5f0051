// A block of questions whose fields save themselves. A field in focus is never replaced by another person's text.
import { Drafts, LONGEST } from "./answer_drafts.js";

const ALMOST = 200;
// Texts that were replaced unseen, and are to stay so: until the page is loaded again.
const dismissed = new Set();

// Called anew with each run of the page, with the same elements.
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".answer-sheet");
  root.sheet ??= new Sheet(root);
  root.sheet.update(data, (changes) => setTriggerValue("changes", changes));
}

class Sheet {
  constructor(root) {
    this.root = root;
    this.alert = element("p", { role: "alert", className: "alert", hidden: true });
    this.list = element("div", { className: "questions" });
    root.replaceChildren(this.alert, this.list);
    this.questions = new Map();
  }

  update(data, send) {
    const before = this.data;
    Object.assign(this, { data, send });
    if (before?.owner !== data.owner) {
      this.drafts?.views.delete(this);
      this.drafts = Drafts.of(data.owner);
    }
    if (before?.owner !== data.owner || before.sheet !== data.sheet || before.language !== data.language) this.questions.clear();
    this.drafts.acknowledge(data.versions, data.refused);
    this.#showQuestions();
    this.drafts.attach(this);
    this.draftsChanged();
  }

  // A question is built once, so that its fields keep the focus; anew where it is no longer the same.
  #showQuestions() {
    const shown = this.data.questions.map((question) => {
      const form = JSON.stringify([question.title, question.fields.map(formOf)]);
      let found = this.questions.get(question.code);
      if (found?.form !== form) this.questions.set(question.code, (found = new Question(this, question, form)));
      found.show(question);
      return found.root;
    });
    if (shown.length !== this.list.children.length || shown.some((root, place) => root !== this.list.children[place])) {
      this.list.replaceChildren(...shown);
    }
  }

  acknowledged(question, field, value, version) {
    this.questions.get(question)?.fields.get(field)?.acknowledged(value, version);
  }

  draftsChanged() {
    const { texts, error } = this.data;
    showText(this.alert, error || (this.drafts.areKept ? "" : texts.not_kept));
    const isAway = !navigator.onLine || this.drafts.isUnanswered;
    const waiting = isAway && this.drafts.areKept ? texts.offline : texts.waiting;
    for (const [code, question] of this.questions) question.showState(this.drafts.isPending(code), waiting, texts.saved);
  }
}

class Question {
  constructor(sheet, question, form) {
    this.form = form;
    this.fields = new Map();
    this.wasPending = false;
    this.state = element("p", { role: "status", className: "state" });
    const title = element("h3", { id: `title-${question.code}`, textContent: question.title });
    this.root = element("section", { id: `question-${question.code}` }, element("header", {}, title, this.state));
    this.root.setAttribute("aria-labelledby", title.id);
    this.lines = element("div", { className: "lines" });
    const fields = element("div", { className: "fields" });
    for (const field of question.fields) {
      const made = new Field(sheet, question.code, field);
      this.fields.set(field.name, made);
      fields.append(made.root);
    }
    this.root.append(this.lines, fields);
  }

  show(question) {
    replaceIfChanged(this.lines, question.lines ?? [], (line) => element("p", { textContent: line }));
    for (const field of question.fields) this.fields.get(field.name).show(field);
  }

  showState(isPending, waiting, saved) {
    this.wasPending ||= isPending;
    this.state.classList.toggle("waiting", isPending);
    const text = isPending ? waiting : this.wasPending ? saved : "";
    if (this.state.textContent !== text) this.state.textContent = text;
  }
}

class Field {
  constructor(sheet, question, field) {
    Object.assign(this, { sheet, question, name: field.name, version: -1, value: "" });
    this.root = element("div", { className: `field ${field.kind}` });
    this.notices = element("div", { className: "notices", id: `notices-${question}-${field.name}` });
    if (field.read_only) this.#buildText(field);
    else if (field.choices) this.#buildChoices(field);
    else this.#buildInput(field);
    this.root.append(this.notices);
  }

  #buildText(field) {
    this.text = element("p", { className: "text" });
    this.root.append(element("p", { className: "name", textContent: field.label }), this.text);
  }

  #buildChoices(field) {
    const group = element("fieldset", {}, element("legend", { textContent: field.label }));
    group.setAttribute("aria-label", `${this.question}: ${field.label}`);
    group.setAttribute("aria-describedby", this.notices.id);
    this.radios = field.choices.map(([value, label]) => {
      const radio = element("input", { type: "radio", name: `field-${this.question}-${this.name}`, value });
      radio.onchange = () => this.#edit(value, false);
      group.append(element("label", {}, radio, element("span", { textContent: label })));
      return radio;
    });
    this.root.append(group);
  }

  #buildInput(field) {
    const id = `field-${this.question}-${this.name}`;
    this.input = element(field.kind === "text" ? "textarea" : "input", { id, autocomplete: "off" });
    if (field.kind === "text") this.input.rows = 2;
    // A field of type "number" drops what a browser does not take for a number, such as a decimal comma.
    else Object.assign(this.input, { type: "text", inputMode: "decimal" });
    this.input.setAttribute("aria-label", `${this.question}: ${field.label}`);
    this.input.oninput = () => this.#edit(this.input.value, true);
    this.input.onblur = () => {
      this.sheet.drafts.sendTyped();
      this.show(this.stored);
    };
    this.counter = element("p", { id: `${id}-counter`, className: "counter", hidden: true });
    this.input.setAttribute("aria-describedby", `${this.notices.id} ${this.counter.id}`);
    this.root.append(element("label", { htmlFor: id, textContent: field.label }), this.input, this.counter);
  }

  #edit(value, isTyping) {
    this.sheet.drafts.edit(this.question, this.name, value, this.version, isTyping);
    this.show(this.stored);
  }

  acknowledged(value, version) {
    Object.assign(this, { value, version });
  }

  // Show what is stored, unless something else is typed or waits; `version` is that of the text which is in the field.
  show(stored) {
    this.stored = stored;
    const draft = this.sheet.drafts.value(this.question, this.name);
    const isTyping = this.input?.matches(":focus");
    if (draft === undefined && !isTyping && (stored.version ?? 0) >= this.version) {
      this.acknowledged(stored.value ?? "", stored.version ?? 0);
    }
    const shown = draft ?? this.value;
    if (this.text) showText(this.text, shown || "–");
    for (const radio of this.radios ?? []) radio.checked = radio.value === shown;
    if (this.input && !isTyping && this.input.value !== shown) this.input.value = shown;
    if (this.input) this.#count();
    this.#notify(shown);
  }

  #count() {
    const left = LONGEST - this.input.value.length, { texts, language } = this.sheet.data;
    const said = left < 0 ? texts.too_long : left <= ALMOST ? texts.left : "";
    showText(this.counter, said.replace("{n}", Math.abs(left).toLocaleString(language)));
    this.counter.classList.toggle("problem", left < 0);
    this.isTooLong = left < 0;
  }

  #notify(shown) {
    const { offered, problem, overtaken } = this.stored, { texts } = this.sheet.data, lines = [];
    const isStored = shown === (this.stored.value ?? "");
    const add = (kind, text, ...buttons) => lines.push({ kind, text, buttons });
    if (offered && offered.value !== shown) add("offer", offered.text, [offered.button, () => this.#enter(offered.value)]);
    if (problem && isStored) add("problem", problem);
    if (overtaken && overtaken.value !== shown && isStored && !dismissed.has(this.#identity())) {
      add("problem", overtaken.text, [texts.put_back, () => this.#enter(overtaken.value)], [texts.keep, () => this.#dismiss()]);
    }
    this.input?.setAttribute("aria-invalid", String(this.isTooLong || Boolean(problem && isStored)));
    replaceIfChanged(this.notices, lines, (line) => this.#line(line));
  }

  #line({ kind, text, buttons }) {
    const line = element("div", { className: kind }, element("p", { textContent: text }));
    for (const [label, onclick] of this.text ? [] : buttons) {
      const button = element("button", { type: "button", textContent: label, onclick });
      button.setAttribute("aria-label", `${label}: ${this.question}`);
      line.append(button);
    }
    return line;
  }

  // Enter a text with one click. The button disappears thereby, so the focus goes to the field.
  #enter(value) {
    if (this.input) this.input.value = value;
    this.#edit(value, false);
    this.#focus();
  }

  #dismiss() {
    dismissed.add(this.#identity());
    this.show(this.stored);
    this.#focus();
  }

  #identity() {
    return [this.sheet.data.owner, this.question, this.name, this.stored.version].join(":");
  }

  #focus() {
    (this.input ?? this.radios.find((radio) => radio.checked) ?? this.radios[0]).focus();
  }
}

// What a field is built from: it is built anew when this changes.
function formOf({ name, label, kind, choices, read_only }) {
  return [name, label, kind, choices, read_only];
}

function showText(part, text) {
  if (part.textContent !== text) part.textContent = text;
  part.hidden = !text;
}

function replaceIfChanged(part, items, make) {
  const content = JSON.stringify(items);
  if (part.dataset.content === content) return;
  part.dataset.content = content;
  part.replaceChildren(...items.map(make));
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
