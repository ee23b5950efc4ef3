import type { Arena } from './arena.js';
import { TICK } from './clock.js';
import { byId, element } from './dom.js';
import type { Kill, Pilot } from './gen/tank_pb.js';

/** The pilots on the board, and the lines of news. */
const BOARD = 8;
const NEWS = 4;
/** The milliseconds for which a line of news is shown, and those until a tank comes back. */
const NEWS_TIME = 6_000;
const RESPAWN = 75 * TICK;
/** The milliseconds at the top of the curve of lags, at least. */
const SCALE = 120;

/** What stands around the arena: scores, news, health, and the lag. */
export class Hud {
  readonly #hud = byId('hud', HTMLDivElement);
  readonly #board = byId('board', HTMLOListElement);
  readonly #news = byId('news', HTMLUListElement);
  readonly #down = byId('down', HTMLDivElement);
  readonly #downBy = byId('down-by', HTMLParagraphElement);
  readonly #downBar = byId('down-bar', HTMLSpanElement);
  readonly #health = byId('health', HTMLDivElement);
  readonly #healthBar = byId('health-bar', HTMLSpanElement);
  readonly #boost = byId('boost', HTMLSpanElement);
  readonly #lag = byId('lag', HTMLSpanElement);
  readonly #curve = byId('curve', HTMLCanvasElement);
  #downAt = 0;
  #measured = 0;

  show(): void {
    this.#hud.hidden = false;
  }

  hide(): void {
    this.#hud.hidden = true;
    this.#down.hidden = true;
    this.#news.replaceChildren();
  }

  /** Shows who is here, with the best first. */
  pilots({ pilots, id }: Arena): void {
    const all = [...pilots.values()].sort((a, b) => b.kills - a.kills || a.deaths - b.deaths || a.id - b.id);
    const own = all.findIndex((pilot) => pilot.id === id);
    const shown = all.map((pilot, place) => ({ pilot, place })).filter(({ place }) => place < BOARD || place === own);
    this.#board.replaceChildren(...shown.map(({ pilot, place }) => row(pilot, place, pilot.id === id)));
  }

  killed({ tank, by }: Kill, { pilots, id }: Arena, now: number): void {
    const [victim, killer] = [pilots.get(tank), pilots.get(by)];
    if (!victim) return;
    const line = element('li');
    if (tank === by) line.append(named(victim), ' shot itself');
    else if (killer) line.append(named(killer), element('span', ' ⟶ ', 'arrow'), named(victim));
    else line.append(named(victim), ' was destroyed');
    line.classList.toggle('own', tank === id || by === id);
    this.#news.append(line);
    while (this.#news.children.length > NEWS) this.#news.firstChild?.remove();
    setTimeout(() => line.remove(), NEWS_TIME);
    if (tank !== id) return;
    this.#downAt = now;
    const words = !killer || by === tank ? 'by your own shell' : `by ${killer.name}`;
    this.#downBy.textContent = words;
  }

  /** Brings up to date what changes with every frame. */
  move(arena: Arena, now: number): void {
    const own = arena.own;
    const isDown = !own && this.#downAt > 0;
    this.#down.hidden = !isDown;
    this.#health.hidden = !own;
    if (isDown) this.#downBar.style.width = `${Math.min(100, (100 * (now - this.#downAt)) / RESPAWN)}%`;
    if (own) {
      this.#downAt = 0;
      this.#healthBar.style.width = `${own.health}%`;
      this.#healthBar.dataset['level'] = own.health > 50 ? 'good' : own.health > 25 ? 'low' : 'bad';
      this.#boost.hidden = own.boost === 0;
      this.#boost.textContent = `⚡ ${Math.ceil((own.boost * TICK) / 1000)} s`;
    }
    if (now - this.#measured < 250) return;
    this.#measured = now;
    const { average, samples } = arena.lag;
    this.#lag.textContent = average === undefined ? '' : `${Math.round(average)} ms`;
    this.#lag.title = `From the hands to the server and back. The others are shown ${Math.round(arena.clock.delay * TICK)} ms late; ${arena.prediction.pending} commands are on their way.`;
    drawCurve(this.#curve, samples);
  }
}

function row(pilot: Pilot, place: number, isOwn: boolean): HTMLLIElement {
  const made = element('li', '', isOwn ? 'own' : '');
  const dot = element('i');
  dot.style.background = `hsl(${pilot.hue} 75% 58%)`;
  made.append(element('span', String(place + 1), 'place'), dot, element('span', pilot.name, 'name'), element('b', String(pilot.kills)));
  return made;
}

function named({ name, hue }: Pilot): HTMLElement {
  const made = element('b', name);
  made.style.color = `hsl(${hue} 80% 76%)`;
  return made;
}

function drawCurve(canvas: HTMLCanvasElement, samples: readonly number[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (samples.length < 2) return;
  const top = Math.max(SCALE, ...samples);
  context.beginPath();
  samples.forEach((sample, index) => {
    context.lineTo((index / (samples.length - 1)) * width, height - 2 - (sample / top) * (height - 4));
  });
  context.strokeStyle = '#7fd8ff';
  context.lineWidth = 2;
  context.stroke();
}
