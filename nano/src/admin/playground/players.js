// The sessions of the page, side by side: their list, and the connection of the one that is chosen.

import { handshakeData } from './codec.js';
import { at, button, element, replace } from './dom.js';
import { Player } from './player.js';
import { pretty } from './values.js';

const LABELS = 'ABCDEFGH';
const ADDRESS = 'nano-playground-address:';

const STATES = { closed: 'not connected', connecting: 'connecting', open: 'connected', reconnecting: 'reconnecting' };

/** The sessions. `hear` is called with `(player, event)` for all that happens to one. */
export class Players {
  #all = [];
  #active;
  #codec;
  #key;
  #hear;

  constructor(codec, { urls, base }, hear) {
    this.#codec = codec;
    this.#key = ADDRESS + base;
    this.#hear = hear;
    at('urls').replaceChildren(...urls.map((url) => element('option', { value: url })));
    at('url').value = this.#lastAddress() ?? urls[0] ?? '';
    at('connection').onsubmit = (event) => {
      event.preventDefault();
      this.connect();
    };
    at('disconnect').onclick = () => this.#active.disconnect();
    this.#add();
  }

  get active() {
    return this.#active;
  }

  /** The number of pushes that all of them have heard on a route. */
  heard(route) {
    return this.#all.reduce((sum, player) => sum + (player.heard.get(route) ?? 0), 0);
  }

  /** Connects the session that is chosen, as the fields say. Returns false, and shows why, if they cannot be read. */
  connect() {
    at('connection-problem').textContent = '';
    const url = at('url').value.trim();
    try {
      if (!/^wss?:\/\//i.test(url) || !URL.canParse(url)) throw new TypeError('The address begins with ws:// or wss://, and names a host.');
      let user;
      try {
        user = handshakeData(at('user').value);
      } catch (error) {
        throw new TypeError(`The handshake data is not JSON: ${error.message}`);
      }
      this.#active.connect(url, { user, version: at('version').value.trim() });
      this.#keepAddress(url);
      return true;
    } catch (error) {
      at('connection-problem').textContent = error.message;
      return false;
    }
  }

  #lastAddress() {
    try {
      return localStorage.getItem(this.#key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  #keepAddress(url) {
    try {
      localStorage.setItem(this.#key, url);
    } catch {
      // It is typed again, then.
    }
  }

  #add() {
    const label = [...LABELS].find((label) => this.#all.every((player) => player.label !== label));
    if (!label) return;
    const player = new Player(label, LABELS.indexOf(label), this.#codec, (player, event) => {
      this.#react(player, event);
      this.#hear(player, event);
    });
    this.#all.push(player);
    this.#all.sort((a, b) => a.number - b.number);
    this.#choose(player);
  }

  #remove(player) {
    player.disconnect();
    this.#all.splice(this.#all.indexOf(player), 1);
    if (this.#active === player) this.#choose(this.#all[0]);
    else this.show();
  }

  #choose(player) {
    this.#active = player;
    if (player.url) at('url').value = player.url;
    at('connection-problem').textContent = '';
    this.show();
  }

  #react(player, { kind, state, detail }) {
    if (kind === 'push') return;
    if (player === this.#active && state === 'closed' && detail.error.code === 'connect_failed') {
      at('connection-problem').textContent = `${detail.error.message}. Is the address right, and does the listener take pages of ${location.origin}?`;
    }
    this.show();
  }

  /** Shows all of them, and the connection of the one that is chosen. */
  show() {
    const chips = this.#all.map((player) => {
      const chip = element('button', {
        type: 'button', className: 'chip', data: { key: player.label, player: player.label, state: player.state }, 'aria-pressed': String(player === this.#active),
        title: `Session ${player.label}: ${STATES[player.state]}`, onclick: () => this.#choose(player),
      }, element('span', { className: `mark p${player.number}`, textContent: player.label }), element('span', { textContent: STATES[player.state] }));
      const remove = this.#all.length > 1 ? button('×', () => this.#remove(player), { title: `Remove session ${player.label}`, 'aria-label': `Remove session ${player.label}` }) : undefined;
      return element('span', { className: 'player' }, chip, remove);
    });
    if (this.#all.length < LABELS.length) chips.push(button('Add a session', () => this.#add(), { id: 'add', data: { key: 'add' } }));
    replace(at('players'), chips);
    const { state, greeting, answer } = this.#active;
    at('connect').hidden = state !== 'closed';
    at('disconnect').hidden = state === 'closed';
    at('greeting').textContent = greeting === undefined ? 'Nothing yet.' : pretty(greeting);
    at('answer').textContent = answer === undefined ? 'Nothing yet.' : pretty(answer);
  }
}
