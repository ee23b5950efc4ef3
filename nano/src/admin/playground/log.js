// The list of what was sent and heard.

import { at, button, element } from './dom.js';

/** The entries that are kept, and the characters of each that are shown. */
const MOST = 300;
const LONGEST = 20_000;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}\n.. ${text.length - LONGEST} more characters` : text);

/** The list, the newest entry first. */
export class Log {
  #waiting = [];
  #muted = new Set();
  #isPaused = false;
  #isDue = false;

  constructor() {
    at('clear').onclick = () => this.#clear();
    at('pause').onclick = () => this.#pause();
  }

  /**
   * Adds an entry of a player: its kind (`call`, `push`, `state`, `kick` or `fault`), a title, a tag, and texts. Returns a
   * function that changes its tag, its mood and its text.
   */
  add(player, { kind, title, tag = '', mood = '', sent = '', text = '' }) {
    if (kind === 'push' && this.#muted.has(title)) return () => {};
    const label = element('span', { className: 'tag' });
    const body = element('pre');
    const item = element('li', { className: 'entry', data: { kind, player: player.label } },
      element('div', { className: 'line' },
        element('span', { className: `mark p${player.number}`, textContent: player.label }),
        element('b', { textContent: title }), label,
        kind === 'push' ? button('Mute', () => this.#mute(title), { title: `Show no more ${title}` }) : undefined,
        element('time', { textContent: clock.format(new Date()) })),
      sent ? element('pre', { className: 'sent', textContent: cut(sent) }) : undefined, body);
    const change = ({ tag, mood, text }) => {
      item.dataset.mood = mood;
      label.textContent = tag;
      label.hidden = !tag;
      body.textContent = cut(text);
      body.hidden = !text;
    };
    change({ tag, mood, text });
    this.#waiting.push(item);
    if (this.#waiting.length > MOST) this.#waiting.shift();
    this.#later();
    return change;
  }

  /** Shows what waits with the next picture, so that many pushes cost one change of the page. */
  #later() {
    if (this.#isDue || this.#isPaused) return;
    this.#isDue = true;
    // A page that is not seen has no pictures.
    const soon = document.hidden ? (run) => setTimeout(run, 100) : requestAnimationFrame;
    soon(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  #show() {
    if (this.#isPaused) return;
    at('log').prepend(...this.#waiting.reverse());
    this.#waiting = [];
    while (at('log').children.length > MOST) at('log').lastElementChild.remove();
    at('no-log').hidden = at('log').children.length > 0;
  }

  #pause() {
    this.#isPaused = !this.#isPaused;
    at('pause').setAttribute('aria-pressed', String(this.#isPaused));
    at('pause').textContent = this.#isPaused ? 'Go on' : 'Pause';
    this.#later();
  }

  #clear() {
    this.#waiting = [];
    at('log').replaceChildren();
    at('no-log').hidden = false;
  }

  #mute(route) {
    this.#muted.add(route);
    for (const item of [...at('log').children, ...this.#waiting]) {
      if (item.dataset.kind === 'push' && item.querySelector('b').textContent === route) item.remove();
    }
    this.#waiting = this.#waiting.filter((item) => item.dataset.kind !== 'push' || item.querySelector('b').textContent !== route);
    const again = button(`${route} ×`, () => {
      this.#muted.delete(route);
      again.remove();
    }, { title: `Show ${route} again` });
    at('muted').append(again);
  }
}
