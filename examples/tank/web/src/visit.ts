import { NanoError } from 'nano-client';
import { createClient, type Game } from './gen/routes.js';
import type { Crate, Hit, Kill, Left, Offer, Pilot, Shot, Spawn, State, Taken, Welcome } from './gen/tank_pb.js';
import type { Command } from './game/body.js';
import { extraLag, type Transport } from './transport.js';

/** What the page is told about a visit. */
export interface VisitListener {
  onConnection(state: 'connecting' | 'open' | 'reconnecting' | 'closed', words: string): void;
  onArenas(offers: readonly Offer[]): void;
  /** The arena that the visitor is in. */
  onSeat(arena: bigint): void;
  onRefused(words: string): void;
  /** The visitor is in no arena any more. */
  onLost(): void;
  onWelcome(welcome: Welcome): void;
  onState(state: State): void;
  onShot(shot: Shot): void;
  onHit(hit: Hit): void;
  onKill(kill: Kill): void;
  onSpawn(spawn: Spawn): void;
  onCrate(crate: Crate): void;
  onTaken(taken: Taken): void;
  onJoined(pilot: Pilot): void;
  onLeft(left: Left): void;
}

/** The connection: brings the visitor into an arena, again after a loss, and passes on what the server tells. */
export class Visit {
  readonly #game: Game;
  readonly #listener: VisitListener;
  readonly #lag = extraLag() / 2;
  readonly #offers = new Map<bigint, Offer>();
  #who: { name: string; hue: number; arena: bigint } | undefined;
  #isIn = false;
  #isEntering = false;

  constructor({ url, options }: Transport, listener: VisitListener) {
    this.#listener = listener;
    this.#game = createClient(url, options);
    const { client, on } = this.#game;
    // Pushes before the welcome are of an arena that is not known yet: the welcome has what they tell.
    this.#hear(on.welcome, (welcome) => {
      this.#isIn = true;
      listener.onWelcome(welcome);
    });
    this.#hear(on.state, this.#inside((state) => listener.onState(state)));
    this.#hear(on.shot, this.#inside((shot) => listener.onShot(shot)));
    this.#hear(on.hit, this.#inside((hit) => listener.onHit(hit)));
    this.#hear(on.killed, this.#inside((kill) => listener.onKill(kill)));
    this.#hear(on.spawned, this.#inside((spawn) => listener.onSpawn(spawn)));
    this.#hear(on.cratePlaced, this.#inside((crate) => listener.onCrate(crate)));
    this.#hear(on.crateTaken, this.#inside((taken) => listener.onTaken(taken)));
    this.#hear(on.joined, this.#inside((pilot) => listener.onJoined(pilot)));
    this.#hear(on.left, this.#inside((left) => listener.onLeft(left)));
    on.arenas(({ shown, gone }) => this.#offer(shown, gone));
    client.onState((state, detail) => {
      if (state === 'connecting') listener.onConnection(state, 'Connecting');
      if (state === 'reconnecting') listener.onConnection(state, `Reconnecting, attempt ${detail.attempt}`);
      if (state === 'closed') {
        this.#lose();
        listener.onConnection(state, client.kicked ? `Disconnected: ${client.kicked.reason}` : 'The server cannot be reached');
      }
      if (state === 'open') {
        listener.onConnection(state, client.transport === 'webtransport' ? 'WebTransport' : 'WebSocket');
        // A session that is resumed has its tank still.
        if (detail.resumed) return;
        this.#lose();
        void (this.#who ? this.#play() : this.#visit());
      }
    });
  }

  get isOpen(): boolean {
    return this.#game.client.state === 'open';
  }

  /** Plays under this name, now and after every loss of the connection: in this arena, or in any if it is 0. */
  async play(name: string, hue: number, arena: bigint): Promise<void> {
    this.#who = { name, hue, arena };
    if (this.#game.client.state === 'closed') this.connect();
    else if (this.isOpen) await this.#play();
  }

  /** Leaves the arena. */
  async quit(): Promise<void> {
    this.#who = undefined;
    this.#lose();
    try {
      await this.#game.arena.quit();
      await this.#visit();
    } catch {
      // The state of the connection says why.
    }
  }

  connect(): void {
    this.#game.client.connect().catch(() => {
      // The state says so.
    });
  }

  drive(command: Command): void {
    // One that cannot be sent is not sent: the next state says where the tank is.
    const send = () => void this.#game.arena.drive(command);
    if (this.#lag > 0) setTimeout(send, this.#lag);
    else send();
  }

  async #play(): Promise<void> {
    if (!this.#who || this.#isIn || this.#isEntering) return;
    this.#isEntering = true;
    try {
      const { arena } = await this.#game.lobby.play(this.#who);
      // After a loss of the connection the way leads to the same arena, if it is still there.
      if (this.#who) this.#who = { ...this.#who, arena };
      this.#listener.onSeat(arena);
    } catch (error) {
      // After a lost connection the next one plays again.
      if (error instanceof NanoError && error.code === 'disconnected') return;
      this.#who = undefined;
      this.#listener.onRefused(words(error));
    } finally {
      this.#isEntering = false;
    }
  }

  async #visit(): Promise<void> {
    try {
      const { shown } = await this.#game.lobby.visit();
      this.#offers.clear();
      this.#offer(shown, []);
    } catch {
      // The list is not needed for playing.
    }
  }

  #offer(shown: readonly Offer[], gone: readonly bigint[]): void {
    for (const offer of shown) this.#offers.set(offer.arena, offer);
    for (const arena of gone) this.#offers.delete(arena);
    this.#listener.onArenas([...this.#offers.values()]);
  }

  #lose(): void {
    if (!this.#isIn) return;
    this.#isIn = false;
    this.#listener.onLost();
  }

  #inside<M>(handle: (message: M) => void): (message: M) => void {
    return (message) => {
      if (this.#isIn) handle(message);
    };
  }

  #hear<M>(on: (listener: (message: M) => unknown) => unknown, handle: (message: M) => void): void {
    on(this.#lag > 0 ? (message) => void setTimeout(() => handle(message), this.#lag) : handle);
  }
}

function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
