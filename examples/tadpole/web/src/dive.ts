import { byId } from './dom.js';

const NAME_KEY = 'nano-pond-name';

/** The card that asks for a name. */
export class Dive {
  readonly #form = byId('dive', HTMLFormElement);
  readonly #name = byId('name', HTMLInputElement);
  readonly #problem = byId('problem', HTMLParagraphElement);
  readonly #button = byId('enter', HTMLButtonElement);

  constructor(enter: (name: string) => void) {
    this.#name.value = remembered();
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#problem.textContent = '';
      this.#button.disabled = true;
      const name = this.#name.value.trim();
      remember(name);
      enter(name);
    });
  }

  get shown(): boolean {
    return !this.#form.hidden;
  }

  hide(): void {
    this.#form.hidden = true;
    this.#button.disabled = false;
  }

  /** Asks again, and says why. */
  refuse(words: string): void {
    this.#form.hidden = false;
    this.#button.disabled = false;
    this.#problem.textContent = words;
    this.#name.focus();
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Storage may be forbidden; the name is then asked for again.
  }
}
