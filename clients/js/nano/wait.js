/** Milliseconds; a timer set for longer fires at once. */
export const LONGEST_TIMER = 0x7fff_ffff;

/** The last milliseconds of a wait for the server. */
const GRACE = 1000;

/**
 * Calls `run` when the server has not done something for `delay` milliseconds; `keep` is given the timer to clear.
 *
 * A page that stood still may find a timer run out before it has read what came meanwhile, so there is a second one,
 * which starts when the page goes on.
 */
export function waitForServer(delay, run, keep) {
  const grace = Math.min(delay, GRACE);
  keep(setTimeout(() => keep(setTimeout(run, grace)), Math.min(delay - grace, LONGEST_TIMER)));
}
