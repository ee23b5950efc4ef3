import { NanoError } from './error.js';

/** The changes to the bodies of one connection, made in order whether they take time or not. */
export class Pipeline {
  #outbound;
  #inbound;
  // Settles once all that wait to be sent are; null while nothing waits.
  #sending = null;

  constructor({ outbound, inbound } = {}) {
    this.#outbound = outbound;
    this.#inbound = inbound;
  }

  /** Calls `open`, a function of the application, with the server's `user`. Returns a pipeline, or a promise of it. */
  static open(open, user) {
    if (!open) return new Pipeline();
    const failed = failure('the pipeline cannot be opened');
    return chain(() => open(user), (stages) => new Pipeline(stages ?? {}), failed);
  }

  /** Calls `send` with the changed body; returns a promise if that takes time. */
  outbound(body, route, send) {
    if (!this.#outbound) return send(body);
    const failed = failure(`the pipeline failed on the payload of ${route}`);
    const run = () => chain(() => this.#outbound(body, route), (changed) => send(bytes(changed)), failed);
    const sent = this.#sending ? this.#sending.then(run) : run();
    if (!isPromise(sent)) return sent;
    const settled = () => {
      if (this.#sending === sending) this.#sending = null;
    };
    const sending = sent.then(settled, settled);
    this.#sending = sending;
    return sent;
  }

  /**
   * Calls `deliver` with the message, whose body is changed; if that fails, its `failure` says why. Returns a promise if
   * it takes time.
   */
  inbound(message, route, deliver) {
    if (!this.#inbound) return deliver(message);
    const kind = message.push ? 'push' : message.error ? 'error' : 'reply';
    const failed = failure(`the pipeline failed on the ${kind} of ${route}`);
    let outcome;
    const change = (body) => {
      outcome = { ...message, body: bytes(body) };
    };
    const fail = (cause) => {
      outcome = { ...message, failure: failed(cause) };
    };
    const changed = attempt(() => chain(() => this.#inbound(message.body, route, kind), change), fail);
    return isPromise(changed) ? changed.then(() => deliver(outcome)) : deliver(outcome);
  }
}

/** Calls `next` with the result of `first`, once it is there; `failed` makes the error of one that `first` throws. */
function chain(first, next, failed = (cause) => cause) {
  let result;
  try {
    result = first();
  } catch (cause) {
    throw failed(cause);
  }
  if (!isPromise(result)) return next(result);
  return result.then(next, (cause) => {
    throw failed(cause);
  });
}

/** Calls `run`, and `fail` with its error, whether it comes at once or later. */
function attempt(run, fail) {
  try {
    const result = run();
    return isPromise(result) ? result.then(undefined, fail) : result;
  } catch (error) {
    return fail(error);
  }
}

function bytes(value) {
  // Not `instanceof`: the bytes may come from another realm.
  if (ArrayBuffer.isView(value)) return value;
  throw new NanoError('pipeline_failed', `the pipeline gave ${Object.prototype.toString.call(value)} for the bytes of a body`);
}

function failure(message) {
  return (cause) => (cause instanceof NanoError ? cause : new NanoError('pipeline_failed', `${message}: ${cause?.message ?? cause}`, {}, { cause }));
}

export function isPromise(value) {
  return typeof value?.then === 'function';
}
