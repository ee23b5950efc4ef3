import { Connection } from './connection.js';

/** Milliseconds for the server to be reached, and to answer. */
const PATIENCE = 2000;

/**
 * Comes back once to say goodbye, for a client that is closed while it is away from a session that waits for it.
 *
 * The handshake carries no `user`: if the session is gone, nobody is to be logged in. If the server cannot be reached,
 * the session ends when its time is over.
 */
export function sayFarewell(url, Socket, options, known) {
  const ignore = () => {};
  const events = { message: ignore, routeOf: ignore, kick: ignore, end: ignore };
  try {
    const connectTimeout = Math.min(options.connectTimeout, PATIENCE);
    // A socket that falls back to another one needs a part of the time for it.
    const Quick = Socket.within?.(connectTimeout) ?? Socket;
    const connection = new Connection(url, Quick, { ...options, user: undefined, connectTimeout }, known, {
      ...events,
      open: () => connection.close(),
    });
  } catch {
    // The address was good before: the next client of the application will say what is wrong.
  }
}
