import { NanoError } from 'nano-client';
import { createClient, type Game } from './gen/routes.js';
import type { Pond } from './pond.js';

/** What the page is told about a visit. */
export interface VisitListener {
  /** Words to show, and `open` for a connection that works. */
  onState(state: 'connecting' | 'open' | 'reconnecting' | 'closed', words: string): void;
  /** The visitor is in the pond: for the first time, or again after a lost connection. */
  onEntered(): void;
  /** The server does not let the visitor in. */
  onRefused(words: string): void;
  onSaid(name: string, text: string): void;
  onCount(count: number): void;
}

/** The connection: brings the visitor into the pond, again after every loss, and keeps the pond up to date. */
export class Visit {
  readonly #game: Game;
  readonly #pond: Pond;
  readonly #listener: VisitListener;
  #who: { name: string; hue: number } | undefined;
  #entered = false;
  /** Pushes that came before the reply to `enter` has been looked at: they are later news than it. */
  #early: (() => void)[] = [];

  constructor(url: string, pond: Pond, listener: VisitListener) {
    this.#pond = pond;
    this.#listener = listener;
    this.#game = createClient(url);
    const { client, on } = this.#game;
    this.#onPush(on.tadpoleEntered, (tadpole) => {
      pond.add(tadpole, performance.now());
      this.#count();
    });
    this.#onPush(on.tadpolesMoved, ({ moves }) => {
      const now = performance.now();
      for (const { id, position } of moves) {
        // Its own way is known here first.
        if (position && id !== pond.own?.id) pond.tadpoles.get(id)?.track.add(position, now);
      }
    });
    this.#onPush(on.tadpoleSaid, ({ id, text }) => {
      const tadpole = pond.tadpoles.get(id);
      tadpole?.speech.say(text);
      if (tadpole) listener.onSaid(tadpole.name, text);
    });
    this.#onPush(on.tadpoleLeft, ({ id }) => {
      pond.remove(id);
      this.#count();
    });
    client.onState((state, detail) => {
      if (state !== 'open') this.#lose();
      if (state === 'connecting') listener.onState(state, 'Connecting…');
      if (state === 'reconnecting') listener.onState(state, `Reconnecting, attempt ${detail.attempt}…`);
      if (state === 'closed') listener.onState(state, client.kicked ? `Disconnected: ${client.kicked.reason}` : 'Cannot reach the pond');
      if (state === 'open') {
        listener.onState(state, 'Connected');
        void this.#enter();
      }
    });
  }

  /** Enters the pond under this name, now and after every reconnect. */
  async enter(name: string, hue: number): Promise<void> {
    this.#who = { name, hue };
    if (this.#game.client.state === 'closed') this.open();
    else if (this.#game.client.state === 'open') await this.#enter();
  }

  /** Connects again, after the connection was closed for good. */
  open(): void {
    this.#game.client.connect().catch(() => {
      // The state says so.
    });
  }

  /** Says something; resolves with the reason if it is not heard. */
  async say(text: string): Promise<string | undefined> {
    try {
      await this.#game.pond.say({ text });
      return undefined;
    } catch (error) {
      return words(error);
    }
  }

  async #enter(): Promise<void> {
    if (!this.#who || this.#entered) return;
    try {
      const welcome = await this.#game.pond.enter(this.#who);
      // A position that cannot be sent is not sent: the next connection begins anew.
      this.#pond.welcome(welcome, (pose) => void this.#game.pond.swim({ ...pose }), performance.now());
      this.#entered = true;
      for (const push of this.#early.splice(0)) push();
      this.#count();
      this.#listener.onEntered();
    } catch (error) {
      // After a lost connection the next one enters again.
      if (error instanceof NanoError && error.code === 'disconnected') return;
      this.#who = undefined;
      // It may be in the pond without having heard of it, and would be refused for that: a new connection begins anew.
      if (error instanceof NanoError && error.code === 'timeout') this.#game.client.close();
      this.#listener.onRefused(words(error));
    }
  }

  #lose(): void {
    this.#entered = false;
    this.#early = [];
    this.#pond.empty();
    this.#count();
  }

  #count(): void {
    this.#listener.onCount(this.#pond.tadpoles.size);
  }

  #onPush<M>(on: (listener: (message: M) => unknown) => unknown, handle: (message: M) => void): void {
    on((message) => {
      if (this.#entered) handle(message);
      else this.#early.push(() => handle(message));
    });
  }
}

function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
