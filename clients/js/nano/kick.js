import { json } from './json.js';
import { decodeText } from './text.js';

/** The reasons that say nothing against the client. */
const PASSING = ['shutdown', 'heartbeat_timeout', 'handshake_timeout', 'slow_consumer'];

/**
 * Reads the body of a kick: its reason, and the milliseconds after which the client is expected back. They are null
 * when the kick is final, as it is for each reason that is not known.
 */
export function readKick(body) {
  const { reason, hint } = parse(body);
  if (Number.isFinite(hint) && hint >= 0) return { reason, reconnectIn: hint };
  return { reason, reconnectIn: PASSING.includes(reason) ? 0 : null };
}

/** A body in another form than `{ reason, reconnectIn }` is the reason itself. */
function parse(body) {
  let text = '';
  try {
    text = decodeText(body);
    const value = json.decode(body);
    const reason = [value?.reason, value, text].find((found) => typeof found === 'string');
    return { reason, hint: value?.reconnectIn };
  } catch {
    // A kick that cannot be read is still a kick.
  }
  return { reason: text };
}
