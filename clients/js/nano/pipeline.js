import { NanoError } from './error.js';

/** The changes to the bodies of one connection, made in order whether they take time or not. */
export class Pipeline {
  #outbound;
  #inbound;
  // The last message that waits to be sent; null while none does.
  #last = null;

  constructor({ outbound, inbound } = {}) {
    this.#outbound = outbound;
    this.#inbound = inbound;
  }

  /**
   * Calls `open` of the application with the `user` of the handshake. Returns a pipeline, or a promise of one; it is null
   * without `open`.
   */
  static open(open, user) {
    if (open === undefined) return null;
    const failed = (cause) => failure('the pipeline was not opened', cause);
    return attempt(() => open(user), (stages) => new Pipeline(stages ?? {}), failed);
  }

  /** Calls `send` with the changed body; returns a promise if that takes time. */
  outbound(body, route, send) {
    if (!this.#outbound) return send(body);
    const failed = (cause) => failure(`the pipeline failed on the payload of ${route}`, cause);
    const run = () => attempt(() => bytes(this.#outbound(body, route)), send, failed);
    const sent = this.#last ? this.#last.then(run) : run();
    if (!isPromise(sent)) return undefined;
    const last = sent.then(done, done);
    const that = this;
    function done() {
      if (that.#last === last) that.#last = null;
    }
    this.#last = last;
    return sent;
  }

  /**
   * Calls `deliver` with the message, whose body is changed, or whose `failure` is the reason why it is not; returns a
   * promise if that takes time.
   */
  inbound(message, route, deliver) {
    if (!this.#inbound) return deliver(message);
    const kind = message.push ? 'push' : message.error ? 'error' : 'reply';
    let changed;
    const change = (body) => (changed = { ...message, body });
    const broken = (cause) => (changed = { ...message, failure: failure(`the pipeline failed on the ${kind} of ${route}`, cause) });
    const settled = attempt(
      () => bytes(this.#inbound(message.body, route, kind)),
      change,
      (cause) => broken(cause).failure,
    );
    return settled;
  }
}
