import { byId } from './dom.js';

/** Lines that a screen reader can go back to. */
const LOG_LENGTH = 50;
/** Milliseconds that a hint stays. */
const HINT_STAYS = 10_000;

/** The line to talk into, and the log of what was said for those who do not see bubbles. */
export class Talk {
  readonly #form = byId('talk', HTMLFormElement);
  readonly #text = byId('text', HTMLInputElement);
  readonly #hint = byId('hint', HTMLParagraphElement);
  readonly #log = byId('log', HTMLDivElement);
  #fading = 0;

  /** `say` resolves with the reason if something is not heard. */
  constructor(say: (text: string) => Promise<string | undefined>) {
    if (matchMedia('(pointer: coarse)').matches) this.#text.placeholder = 'Say something';
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(say);
    });
    document.addEventListener('keydown', (event) => {
      if (this.#form.hidden || event.isComposing) return;
      if (event.key === 'Enter' && event.target !== this.#text && !(event.target instanceof HTMLButtonElement)) {
        event.preventDefault();
        this.#text.focus();
      }
      if (event.key === 'Escape') this.#text.blur();
    });
  }

  show(): void {
    if (!this.#form.hidden) return;
    this.#form.hidden = false;
    const touch = matchMedia('(pointer: coarse)').matches;
    this.#tell(touch ? 'Hold a finger on the water to swim there.' : 'Hold the mouse button to swim, or use the arrow keys or WASD.', false);
  }

  hide(): void {
    this.#form.hidden = true;
  }

  /** Writes down what was said. */
  heard(name: string, text: string): void {
    const line = document.createElement('p');
    // Text, never markup: names and words are other people's.
    line.textContent = `${name}: ${text}`;
    this.#log.append(line);
    while (this.#log.childElementCount > LOG_LENGTH) this.#log.firstElementChild?.remove();
  }

  async #submit(say: (text: string) => Promise<string | undefined>): Promise<void> {
    const text = this.#text.value.trim();
    // Back to the water, where the keys swim.
    this.#text.blur();
    if (!text) return;
    this.#text.value = '';
    const problem = await say(text);
    if (problem === undefined) return;
    this.#tell(problem, true);
    // Nothing that was written is lost, unless something new is being written.
    if (!this.#text.value) this.#text.value = text;
  }

  #tell(words: string, problem: boolean): void {
    this.#hint.textContent = words;
    this.#hint.classList.toggle('problem', problem);
    this.#hint.classList.remove('faded');
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => this.#hint.classList.add('faded'), HINT_STAYS);
  }
}
