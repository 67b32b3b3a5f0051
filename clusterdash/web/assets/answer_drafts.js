// What was typed into a sheet and is not acknowledged by the server yet. It outlives the page in localStorage, where each
// tab has keys of its own, so that tabs do not overwrite each other; what a closed tab has left behind is taken over.
// Of a field one change at a time is on its way: what is typed meanwhile is sent upon the version acknowledged last.
export const LONGEST = 4000;
const TYPING_PAUSE = 800, RESEND = 3000, RETRY = 10_000, MOST_CHANGES = 200, LEFT_BEHIND = 120_000, MOST_WAITING = 2000, LOOK_AGAIN = 500;
const PREFIX = "clusterdash-draft:", TAB = randomId();
let lastSent = -Infinity;

export class Drafts {
  static #all = new Map();

  // The drafts of an owner in this tab, whichever of their sheets are on the page.
  static of(owner) {
    if (!this.#all.has(owner)) this.#all.set(owner, new Drafts(owner));
    return this.#all.get(owner);
  }

  static all() {
    return [...this.#all.values()];
  }

  constructor(owner) {
    this.prefix = `${PREFIX}${owner}:`;
    this.fields = new Map();
    this.views = new Set();
    this.unkept = new Set();
    this.isSignedOut = false;
    this.waitingSince = 0;
  }

  // A view is part of the page: it has `root`, `send(changes)` and `draftsChanged()`.
  attach(view) {
    this.views.add(view);
    this.takeOver();
    if (this.fields.size) this.#schedule(0);
  }

  // Whether all drafts would be there after a reload.
  get areKept() {
    return this.unkept.size === 0;
  }

  get isUnanswered() {
    return this.waitingSince > 0 && Date.now() - this.waitingSince >= RESEND;
  }

  value(question, field) {
    const draft = this.fields.get(`${question}.${field}`);
    return draft && (draft.next ?? draft.sent.value);
  }

  isPending(question) {
    return [...this.fields.values()].some((draft) => draft.question === question);
  }

  edit(question, field, value, base, isTyping) {
    const key = `${question}.${field}`;
    const draft = this.fields.get(key) ?? { question, field, base, sent: null };
    draft.next = value;
    this.fields.set(key, draft);
    this.#store(key);
    this.#notify();
    this.#schedule(isTyping ? TYPING_PAUSE : 0);
  }

  // `versions`: by change, the version that its field has thereby. `refused`: changes that could not be saved.
  acknowledge(versions, refused) {
    let next = null;
    for (const [key, draft] of this.fields) {
      const id = draft.sent?.change_id;
      if (id && refused.includes(id)) {
        draft.retryAt = Date.now() + RETRY;
        this.waitingSince = 0;
      }
      if (!id || !(id in versions)) continue;
      for (const view of this.#connected()) view.acknowledged(draft.question, draft.field, draft.sent.value, versions[id]);
      if (draft.next === null) this.fields.delete(key);
      else {
        next = draft.isAwaited ? 0 : Math.min(next ?? TYPING_PAUSE, TYPING_PAUSE);
        Object.assign(draft, { sent: null, base: versions[id], isAwaited: false, retryAt: 0 });
      }
      this.#store(key);
      this.waitingSince = 0;
    }
    if (next !== null) this.#schedule(next);
    this.#notify();
  }

  // Send what was typed and is not on its way yet; returns whether there is any.
  sendTyped() {
    const typed = [...this.fields.values()].filter((draft) => !draft.sent && draft.next.length <= LONGEST);
    for (const draft of this.fields.values()) if (draft.sent && draft.next !== null) draft.isAwaited = true;
    if (typed.length) this.#send();
    return typed.length > 0;
  }

  // It is all sent again until it is acknowledged: the server makes each change once.
  #send() {
    const changes = [], now = Date.now();
    for (const [key, draft] of this.fields) {
      if (!draft.sent && draft.next.length <= LONGEST) {
        const { question, field, base, next: value } = draft;
        Object.assign(draft, { sent: { change_id: randomId(), question, field, value, base }, next: null, retryAt: 0 });
      }
      this.#store(key);
      if (draft.sent && now >= (draft.retryAt ?? 0)) changes.push(draft.sent);
    }
    const [view] = this.#connected();
    if (changes.length && view && navigator.onLine) {
      view.send(changes.slice(0, MOST_CHANGES));
      lastSent = performance.now();
    }
    if (changes.length) this.waitingSince ||= now;
    this.#notify();
    // Apart from the pause after typing: who types on and on must not keep back what was lost on its way.
    clearTimeout(this.resending);
    if (this.fields.size) this.resending = setTimeout(() => this.#send(), RESEND);
  }

  resend() {
    this.#schedule(0);
    this.#notify();
  }

  // Take over what tabs that are gone have left behind.
  async takeOver() {
    const left = keysOf(this.prefix).filter((name) => !name.startsWith(this.prefix + TAB));
    if (!left.length) return;
    const open = await openTabs();
    clearTimeout(this.lookingAgain);
    this.lookingAgain = setTimeout(() => this.takeOver(), LOOK_AGAIN);  // a tab that is loaded anew closes a little later
    for (const name of left) {
      const [tab, ...rest] = name.slice(this.prefix.length).split(":"), key = rest.join(":");
      if (this.fields.has(key) || open?.has(tab)) continue;
      const draft = this.#read(name);
      if (draft && !open && Date.now() - draft.at < LEFT_BEHIND) continue;
      localStorage.removeItem(name);
      if (!draft) continue;
      this.fields.set(key, draft);
      this.#store(key);
    }
    this.#notify();
    if (this.fields.size) this.#schedule(0);
  }

  // Another tab removes a draft of this one only when the person signs out: then nothing more is kept here.
  removedElsewhere(name) {
    if (!name.startsWith(this.prefix + TAB)) return;
    this.isSignedOut = true;
    for (const key of this.fields.keys()) this.#store(key);
    this.#notify();
  }

  #schedule(delay) {
    clearTimeout(this.timer);
    if (this.fields.size) this.timer = setTimeout(() => this.#send(), delay);
  }

  #connected() {
    for (const view of this.views) if (!view.root.isConnected) this.views.delete(view);
    return [...this.views];
  }

  #notify() {
    for (const view of this.#connected()) view.draftsChanged();
  }

  #read(name) {
    try {
      const draft = JSON.parse(localStorage.getItem(name));
      return draft && (draft.sent || typeof draft.next === "string") ? draft : null;
    } catch {
      return null;
    }
  }

  #store(key) {
    const name = `${this.prefix}${TAB}:${key}`, draft = this.fields.get(key);
    this.unkept.delete(key);
    try {
      if (draft && !this.isSignedOut) return localStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() }));
    } catch { /* the storage is full or forbidden */ }
    if (draft) this.unkept.add(key);
    // What was kept of this field before is older than what has been typed: it must not come back.
    try { localStorage.removeItem(name); } catch { /* there is no storage at all */ }
  }
}

addEventListener("online", () => Drafts.all().forEach((drafts) => drafts.resend()));
addEventListener("offline", () => Drafts.all().forEach((drafts) => drafts.resend()));
addEventListener("visibilitychange", () => Drafts.all().forEach((drafts) => drafts.takeOver()));
addEventListener("beforeunload", (event) => {
  if (Drafts.all().some((drafts) => drafts.fields.size)) event.preventDefault();
});
addEventListener("storage", (event) => {
  if (event.key && event.newValue === null) Drafts.all().forEach((drafts) => drafts.removedElsewhere(event.key));
});
// Streamlit sends the changes of one moment as one message, about the part of the page that changed first: a click right
// after typing, as every tap on a phone is, could be lost, or its page stay empty. It waits until the text is saved.
addEventListener("click", (event) => {
  const [target] = event.composedPath();
  if (!event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey || target.closest(".answer-sheet")) return;
  for (const drafts of Drafts.all()) drafts.sendTyped();
  if (!isSaving()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const go = () => (isSaving() ? setTimeout(go, 10) : target.dispatchEvent(new MouseEvent("click", event)));
  go();
}, true);

function isSaving() {
  return performance.now() - lastSent < MOST_WAITING && Drafts.all().some((drafts) => drafts.fields.size);
}

// Held for as long as the tab is open; pages that are not secure have no locks.
navigator.locks?.request(PREFIX + TAB, () => new Promise(() => {}));

// The tabs that are open; undefined where the browser cannot say.
async function openTabs() {
  if (!navigator.locks) return undefined;
  const { held, pending } = await navigator.locks.query();
  return new Set([...held, ...pending].map((lock) => lock.name.slice(PREFIX.length)));
}

function keysOf(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

// crypto.randomUUID exists on secure pages only.
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
