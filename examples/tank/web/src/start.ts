import { byId, element } from './dom.js';
import { Tanks } from './draw/tanks.js';
import type { Offer } from './gen/tank_pb.js';
import type { View } from './view.js';

const NAME = 'tank-name';

/** The card in front of the arena: a name, a colour, and the arenas to choose from. */
export class Start {
  readonly #card = byId('start', HTMLFormElement);
  readonly #name = byId('name', HTMLInputElement);
  readonly #hue = byId('hue', HTMLInputElement);
  readonly #problem = byId('problem', HTMLParagraphElement);
  readonly #arenas = byId('arenas', HTMLUListElement);
  readonly #play: (name: string, hue: number, arena: bigint) => void;
  readonly #tanks = new Tanks();

  constructor(play: (name: string, hue: number, arena: bigint) => void) {
    this.#play = play;
    this.#name.value = remembered();
    this.#hue.value = String(Math.floor(Math.random() * 360));
    this.#tint();
    this.#hue.addEventListener('input', () => this.#tint());
    this.#card.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#enter(invited());
    });
  }

  show(): void {
    this.#card.hidden = false;
  }

  hide(): void {
    this.#card.hidden = true;
    this.#problem.textContent = '';
  }

  refuse(words: string): void {
    this.#problem.textContent = words;
    // A link that leads nowhere is not tried again.
    history.replaceState(null, '', location.pathname + location.search);
  }

  /** Shows the arenas that can be entered. */
  offer(offers: readonly Offer[]): void {
    const shown = offers.filter(({ pilots }) => pilots.length > 0).slice(0, 4);
    this.#arenas.replaceChildren(
      ...shown.map(({ arena, pilots, places }) => {
        const enter = element('button', places > 0 ? 'Join' : 'Full');
        enter.type = 'button';
        enter.disabled = places === 0;
        enter.addEventListener('click', () => this.#enter(arena));
        const count = element('b', `${pilots.length} of ${pilots.length + places}`);
        const line = element('li');
        line.append(count, element('span', pilots.join(', ')), enter);
        return line;
      }),
    );
  }

  /** Draws a tank in the chosen colour behind the card. */
  draw(view: View, now: number): void {
    const context = view.inScreen();
    const sky = context.createRadialGradient(view.width / 2, view.height * 0.4, 40, view.width / 2, view.height * 0.4, view.width);
    sky.addColorStop(0, '#24304f');
    sky.addColorStop(1, '#070a13');
    context.fillStyle = sky;
    context.fillRect(0, 0, view.width, view.height);
    const y = Math.max(70, this.#card.getBoundingClientRect().top / 2);
    const size = Math.min(2.6, y / 34);
    context.setTransform(view.density * size, 0, 0, view.density * size, (view.width / 2) * view.density, y * view.density);
    const tank = {
      id: 0, name: '', hue: Number(this.#hue.value), x: 0, y: 0, heading: Math.sin(now / 2600) * 0.5 - 0.2, aim: Math.sin(now / 1700) * 0.9,
      speed: 2, health: 1, shield: 0, boost: 0, away: false, isOwn: true,
    };
    this.#tanks.move([tank], 1 / 60, () => {});
    this.#tanks.draw(context, tank, now);
  }

  #enter(arena: bigint): void {
    const name = this.#name.value.trim();
    this.#problem.textContent = '';
    remember(name);
    this.#play(name, Number(this.#hue.value), arena);
  }

  #tint(): void {
    this.#card.style.setProperty('--hue', this.#hue.value);
  }
}

/** The name of the last visit. A browser may be told to keep nothing, and throws. */
function remembered(): string {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // It is typed again the next time.
  }
}

/** The arena of the link by which the visitor came, or 0. */
function invited(): bigint {
  return /^#\d{1,18}$/.test(location.hash) ? BigInt(location.hash.slice(1)) : 0n;
}
