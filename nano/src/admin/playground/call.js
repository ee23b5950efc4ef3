// The panel of one route: its documentation, its types, and its message as a form or as JSON.

import { problem } from './check.js';
import { at, element, prose } from './dom.js';
import { Mistake, editor } from './form.js';
import { signature } from './types.js';
import { fromHex, parse, pretty, toHex } from './values.js';

/** Returns the policy of a route in words, as far as it differs from the app's settings. */
function conditions({ guest, rate, max_body: most, timeout, before }, requiresUser) {
  return [
    requiresUser && (guest ? 'also without a user' : 'needs a user'), rate && `at most ${rate}`, most !== null && `up to ${most} bytes`,
    timeout !== null && `within ${timeout} s`, before && `asks ${before.split('::').at(-1)}`,
  ].filter(Boolean).join(' · ');
}

/** The panel. `send` is called with `(route, value, source)`. */
export class Call {
  #codec;
  #requiresUser;
  #send;
  #route = null;
  #shape = undefined;
  #mode = 'form';
  #form = undefined;
  /** The texts of messages by route, as they were left. */
  #drafts = new Map();

  constructor(codec, requiresUser, send) {
    this.#codec = codec;
    this.#requiresUser = requiresUser;
    this.#send = send;
    at('message').onsubmit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    for (const made of at('modes').children) made.onclick = () => this.#switch(made.dataset.mode);
    // As in every editor of messages; Enter alone is a line.
    at('text').onkeydown = (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) at('message').requestSubmit();
    };
  }

  /** Shows a route, with the text of a message if one is given. */
  show(route, code, source) {
    this.#keep();
    this.#route = route;
    at('no-call').hidden = true;
    at('called').hidden = false;
    at('route').textContent = route.route;
    at('kind').textContent = route.isPush ? 'push' : route.kind;
    at('code').textContent = code === undefined ? 'no code' : `code ${code}`;
    at('policy').textContent = route.isElsewhere ? 'not served by this node' : route.policy ? conditions(route.policy, this.#requiresUser) : '';
    at('docs').replaceChildren(...prose(route.docs ?? ''));
    at('message').hidden = Boolean(route.isPush);
    if (route.isPush) {
      this.#shape = undefined;
      this.#types([['Message', this.#codec.pushShape(route.route)]]);
      return;
    }
    const { payload, reply, isTyped } = this.#codec.shapes(route.route);
    this.#shape = payload;
    this.#types(isTyped ? [['Takes', payload], ...(route.kind === 'notify' ? [] : [['Replies', reply]])] : []);
    this.#write(source ?? this.#drafts.get(route.route));
  }

  #types(rows) {
    const text = (shape) => (shape === undefined ? 'nothing' : signature(shape));
    at('types').replaceChildren(...rows.flatMap(([name, shape]) => [element('dt', { textContent: name }), element('dd', { textContent: text(shape) })]));
  }

  /** Shows a message by its text, as a form where that can hold it. */
  #write(source) {
    this.#say('');
    const shape = this.#shape;
    const hasBoth = shape !== undefined && shape.kind !== 'any' && shape.kind !== 'bytes';
    at('modes').hidden = !hasBoth;
    if (shape === undefined) {
      this.#form = { element: element('p', { className: 'note', textContent: 'It takes no message.' }), read: () => undefined };
      this.#showForm();
    } else if (shape.kind === 'any') {
      this.#showText(source ?? 'null');
    } else {
      this.#fill(source);
    }
  }

  /** Fills the form. A text that does not fit stays a text. */
  #fill(source) {
    try {
      this.#form = editor(this.#shape, source === undefined ? undefined : this.read(this.#route.route, source));
      this.#showForm();
    } catch (error) {
      this.#showText(source);
      this.#say(error.message);
    }
  }

  #showForm() {
    this.#mode = 'form';
    at('fields').replaceChildren(this.#form.element);
    at('fields').hidden = false;
    at('text').hidden = true;
    this.#press();
  }

  #showText(text) {
    this.#mode = 'json';
    at('text').value = text;
    at('text').hidden = false;
    at('text').rows = Math.min(Math.max(text.split('\n').length + 1, 4), 24);
    at('fields').hidden = true;
    this.#press();
  }

  #press() {
    for (const made of at('modes').children) made.setAttribute('aria-pressed', String(made.dataset.mode === this.#mode));
  }

  #switch(mode) {
    if (mode === this.#mode) return;
    this.#say('');
    try {
      if (mode === 'form') this.#fill(at('text').value);
      else this.#showText(this.source(this.#form.read()));
    } catch (error) {
      this.#fail(error);
    }
  }

  #say(text) {
    at('message-problem').textContent = text;
  }

  #fail(error) {
    this.#say(error.message);
    if (error instanceof Mistake) error.input?.focus();
  }

  /** Returns the text of a message, which `read` reads again. */
  source(value) {
    return value instanceof Uint8Array ? toHex(value) : pretty(value);
  }

  /** Reads the text of a message of a route. Throws when it is none. */
  read(route, source) {
    const { payload } = this.#codec.shapes(route);
    if (payload === undefined) return undefined;
    if (payload.kind === 'bytes') return fromHex(source);
    const value = parse(source);
    const wrong = problem(payload, value);
    if (wrong) throw new TypeError(wrong);
    return value;
  }

  /** Keeps the message of the route that is left, unless it cannot be read. */
  #keep() {
    if (!this.#route || this.#route.isPush || this.#shape === undefined) return;
    try {
      this.#drafts.set(this.#route.route, this.#mode === 'json' ? at('text').value : this.source(this.#form.read()));
    } catch {
      // What was typed is lost, as it is no message.
    }
  }

  #submit() {
    if (!this.#route || this.#route.isPush) return;
    this.#say('');
    try {
      const { route } = this.#route;
      const value = this.#mode === 'json' ? this.read(route, at('text').value) : this.#form.read();
      this.#send(this.#route, value, this.source(value));
    } catch (error) {
      this.#fail(error);
    }
  }
}
