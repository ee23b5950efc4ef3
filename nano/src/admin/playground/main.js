// The playground: calls the routes of an app from its admin page, over the app's own WebSocket.

import { Call } from './call.js';
import { Codec } from './codec.js';
import { at, button, element, replace } from './dom.js';
import { History } from './history.js';
import { Log } from './log.js';
import { Players } from './players.js';
import { Routes } from './routes.js';
import { Locked, base, hasToken, lock, readApp, unlock } from './server.js';
import { compact, pretty } from './values.js';

/** Servers without a handshake hook have an empty object to say. */
const isEmpty = (user) => user === undefined || user === null || (typeof user === 'object' && !Object.keys(user).length);

/** The page of an app. */
class Page {
  #app;
  #codec;
  #log = new Log();
  #routes;
  #call;
  #players;
  #history;
  #isCounting = false;

  constructor(app) {
    this.#app = app;
    this.#codec = new Codec(app);
    this.#history = new History(app.manifest?.package ?? base);
    this.#routes = new Routes((route) => this.#show(route));
    this.#call = new Call(this.#codec, app.rules.require_bind, (route, value, source) => this.#send(route, value, source));
    this.#players = new Players(this.#codec, { urls: app.urls, base }, (player, event) => this.#hear(player, event));
    this.#routes.show(this.#handlers(), this.#pushes());
    at('where').textContent = [app.manifest?.package, app.serializer].filter(Boolean).join(', ');
    at('codes').textContent = pretty(app.dictionary.codes);
    at('dictionary-version').textContent = app.dictionary.version;
    at('forget-history').onclick = () => {
      this.#history.clear();
      this.#showHistory();
    };
    addEventListener('hashchange', () => this.#showNamed());
    this.#showHistory();
    this.#showNamed();
    this.#notice();
  }

  /** The handlers of this node, and those that only the manifest has: they may be on other nodes. */
  #handlers() {
    const here = this.#app.rules.routes.filter((route) => !route.internal);
    const names = new Set(here.map(({ route }) => route));
    const others = this.#codec.handlers.filter(({ route }) => !names.has(route));
    return [...here, ...others.map(({ route, kind, docs }) => ({ route, kind, docs, isElsewhere: true }))];
  }

  /** The pushes of the manifest, and those that only the dictionary has: it has all names, those of routes too. */
  #pushes() {
    const known = this.#codec.pushes;
    const names = new Set([...this.#app.rules.routes, ...known].map(({ route }) => route));
    const others = Object.keys(this.#app.dictionary.codes).filter((route) => !names.has(route));
    return [...known, ...others.map((route) => ({ route, docs: '' }))];
  }

  /** Says what is missing, or old. */
  #notice() {
    const { manifest, dictionary, rules } = this.#app;
    const unknown = rules.routes.filter((route) => !route.internal && !this.#codec.handler(route.route));
    let text = this.#codec.problem;
    if (!manifest) text = 'The app has given no manifest, so messages have no types here: see Admin::manifest.';
    else if (!text && (unknown.length || (manifest.dictVersion !== dictionary.version && this.#isOld()))) {
      text = `The manifest is not that of this server${unknown.length ? `: it does not have ${unknown.slice(0, 3).map(({ route }) => route).join(', ')}` : ''}. Build the app again.`;
    }
    at('notice').textContent = text;
    at('notice').hidden = !text;
  }

  /** Returns true if a route has another code by now. */
  #isOld() {
    const codes = Object.entries(this.#app.dictionary.codes);
    return codes.some(([route, code]) => (this.#codec.handler(route)?.code ?? code) !== code);
  }

  /** Shows the route that the address of the page names. */
  #showNamed() {
    let name;
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const route = name && this.#routes.find(name);
    if (route) this.#show(route);
  }

  #show(route, source) {
    this.#routes.mark(route.route, Boolean(route.isPush));
    this.#call.show(route, this.#code(route.route), source);
    history.replaceState(null, '', `#${encodeURIComponent(route.route)}`);
  }

  #code(route) {
    const { codes } = this.#app.dictionary;
    return Object.hasOwn(codes, route) ? codes[route] : undefined;
  }

  /** Sends a message over the session that is chosen, and connects it first if it is not. Throws if it cannot be written. */
  #send(route, value, source) {
    const bytes = this.#codec.encode(route.route, value);
    if (this.#players.active.state === 'closed' && !this.#players.connect()) return;
    const player = this.#players.active;
    const isRequest = route.kind === 'request';
    const sent = value instanceof Uint8Array ? source : compact(value);
    const change = this.#log.add(player, { kind: 'call', title: route.route, tag: isRequest ? 'waits' : 'notify', mood: 'wait', sent });
    const begun = performance.now();
    const taken = () => `${Math.round(performance.now() - begun)} ms`;
    const finish = (outcome, ok) => {
      this.#history.add({ route: route.route, source, outcome, ok });
      this.#showHistory();
    };
    const answered = isRequest ? player.request(route.route, bytes) : player.notify(route.route, bytes);
    answered.then((body) => {
      const text = isRequest ? this.#codec.reply(route.route, body) : '';
      change({ tag: isRequest ? `reply in ${taken()}` : 'sent', mood: 'good', text });
      finish(isRequest ? text.replace(/\s+/g, ' ') : 'sent', true);
    }, (error) => {
      const details = Object.keys(error.metadata ?? {}).length ? `\n${pretty(error.metadata)}` : '';
      change({ tag: `error in ${taken()}`, mood: 'bad', text: `${error.code}: ${error.message}${details}` });
      finish(`${error.code}: ${error.message}`, false);
    });
  }

  #showHistory() {
    const items = this.#history.entries.map((entry) => {
      const key = `${entry.route} ${entry.source}`;
      const route = this.#routes.find(entry.route);
      const fill = element('button', { type: 'button', className: 'past', data: { key }, disabled: !route || route.isPush, title: 'Fill the form with it', onclick: () => this.#show(route, entry.source) },
        element('b', { textContent: entry.route }), element('code', { textContent: entry.source.replace(/\s+/g, ' ') }),
        element('small', { textContent: entry.outcome || 'an empty reply' }));
      const again = button('Send again', () => this.#sendAgain(route, entry.source), { data: { key: `again ${key}` }, disabled: fill.disabled });
      return element('li', { data: { route: entry.route, mood: entry.ok ? 'good' : 'bad' } }, fill, again);
    });
    replace(at('history'), items);
    at('no-history').hidden = items.length > 0;
  }

  #sendAgain(route, source) {
    try {
      const value = this.#call.read(route.route, source);
      this.#send(route, value, source);
    } catch (error) {
      this.#show(route, source);
      at('message-problem').textContent = error.message;
    }
  }

  #hear(player, event) {
    switch (event.kind) {
      case 'push': {
        const text = this.#codec.push(event.route, event.body);
        this.#log.add(player, { kind: 'push', title: event.route, tag: 'push', mood: 'push', text });
        this.#countLater();
        break;
      }
      case 'kick': this.#log.add(player, { kind: 'kick', title: 'Kicked', mood: 'bad', text: event.reason || 'No reason was given.' }); break;
      case 'fault': this.#log.add(player, { kind: 'fault', title: 'Fault', mood: 'bad', text: `${event.error.code}: ${event.error.message}` }); break;
      case 'state': this.#tellState(player, event.state, event.detail); break;
    }
  }

  #tellState(player, state, detail) {
    const entry = { kind: 'state', title: '', mood: '', text: '' };
    if (state === 'open') Object.assign(entry, { title: detail.resumed ? 'Resumed' : 'Connected', text: isEmpty(detail.user) ? '' : pretty(detail.user) });
    else if (state === 'reconnecting') Object.assign(entry, { title: 'Lost', mood: 'bad', text: `${detail.error.message}; attempt ${detail.attempt} begins in ${Math.round(detail.delay)} ms` });
    else if (state === 'closed') {
      // A kick has told why.
      if (detail.error.code === 'kicked') return;
      const isWanted = detail.error.message === 'closed by the client';
      Object.assign(entry, { title: 'Closed', mood: isWanted ? '' : 'bad', text: isWanted ? '' : `${detail.error.code}: ${detail.error.message}` });
    } else return;
    this.#log.add(player, entry);
  }

  #countLater() {
    if (this.#isCounting) return;
    this.#isCounting = true;
    setTimeout(() => {
      this.#isCounting = false;
      this.#routes.count((route) => this.#players.heard(route));
    }, 250);
  }
}

function ask(why) {
  lock();
  at('ask').hidden = false;
  at('main').hidden = true;
  at('wrong').textContent = why;
  at('token').focus();
}

async function open() {
  try {
    const app = await readApp();
    at('ask').hidden = true;
    at('main').hidden = false;
    new Page(app);
  } catch (error) {
    if (error instanceof Locked) {
      ask(hasToken() ? 'This token is wrong.' : '');
      return;
    }
    at('notice').textContent = `The server does not answer: ${error.message}`;
    at('notice').hidden = false;
  }
}

at('unlock').onsubmit = (event) => {
  event.preventDefault();
  unlock(at('token').value.trim());
  at('token').value = '';
  open();
};
open();
