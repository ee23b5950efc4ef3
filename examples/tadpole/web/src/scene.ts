import { drawLilies } from './lilies.js';
import type { Pond } from './pond.js';
import type { Tadpole } from './tadpole.js';
import type { View } from './view.js';
import { drawForeground, drawWater } from './water.js';

/** Units of the pond within which a name is quite clear, and from which on it is faint. */
const NAMED = 240;
const FAINT = 700;
/** Pixels between a tadpole and its name, and its words. */
const NAME_BELOW = 20;
const WORDS_ABOVE = 18;

/** Draws one frame. */
export function drawScene(view: View, pond: Pond, now: number, calm: boolean): void {
  drawWater(view, pond.radius, now, calm);
  const [left, top] = view.toPond(0, 0);
  const [right, bottom] = view.toPond(view.width, view.height);
  const seen = [...pond.leaving, ...pond.tadpoles.values()].filter((tadpole) => tadpole.within(left, top, right, bottom));

  const context = view.inPond();
  for (const tadpole of seen) tadpole.draw(context);
  drawLilies(view, pond.radius, calm ? 0 : now);
  drawForeground(view, now, calm);
  view.inScreen();
  for (const tadpole of seen) {
    const [x, y] = view.toScreen(tadpole.pose.x, tadpole.pose.y);
    tadpole.speech.drawName(context, x, y + NAME_BELOW * view.scale, nameAlpha(view, tadpole));
  }
  // Above everything else, so that they can be read.
  for (const tadpole of seen) {
    const [x, y] = view.toScreen(tadpole.pose.x, tadpole.pose.y);
    tadpole.speech.drawWords(context, x, y - WORDS_ABOVE * view.scale, view.width, tadpole.presence);
  }
}

/** Names fade with the distance from the middle of the view, where the visitor is. */
function nameAlpha(view: View, { pose, presence }: Tadpole): number {
  const distance = Math.hypot(pose.x - view.x, pose.y - view.y);
  const far = Math.min(1, Math.max(0, (distance - NAMED) / (FAINT - NAMED)));
  return presence * (0.85 - 0.6 * far);
}
