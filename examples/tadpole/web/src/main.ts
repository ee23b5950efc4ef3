import { Dive } from './dive.js';
import { byId, lessMotion } from './dom.js';
import { expose } from './expose.js';
import { Input } from './input.js';
import { Pond } from './pond.js';
import { drawScene } from './scene.js';
import { Talk } from './talk.js';
import { View } from './view.js';
import { Visit } from './visit.js';

/** Seconds that one frame stands for at most: after a pause nobody leaps. */
const LONGEST_FRAME = 0.1;

const canvas = byId('water', HTMLCanvasElement);
const status = byId('status', HTMLParagraphElement);
const count = byId('count', HTMLParagraphElement);
const again = byId('again', HTMLButtonElement);

const pond = new Pond();
const view = new View(canvas);
const input = new Input(canvas);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const visit = new Visit(`${scheme}://${location.host}/nano`, pond, {
  onState(state, words) {
    status.dataset['state'] = state;
    status.textContent = words;
    again.hidden = state !== 'closed';
    if (state === 'closed' && dive.shown) dive.refuse('The pond cannot be reached.');
  },
  onEntered() {
    dive.hide();
    talk.show();
    if (document.activeElement === document.body) canvas.focus();
  },
  onRefused(words) {
    talk.hide();
    dive.refuse(words);
  },
  onSaid: (name, text) => talk.heard(name, text),
  onCount(tadpoles) {
    count.hidden = tadpoles === 0;
    count.textContent = tadpoles === 1 ? '1 tadpole' : `${tadpoles} tadpoles`;
  },
});
const dive = new Dive((name) => void visit.enter(name, Math.floor(Math.random() * 360)));
const talk = new Talk((text) => visit.say(text));
again.addEventListener('click', () => visit.open());

// No frames are asked for while nobody looks, and so nothing is computed, drawn or sent; pushes are taken in, and
// the first frame afterwards shows where everybody is by then.
let last = performance.now();
function frame(now: number): void {
  const seconds = Math.min(LONGEST_FRAME, Math.max(0, (now - last) / 1000));
  last = now;
  const calm = lessMotion();
  const { own } = pond;
  if (own) {
    const { pose } = own.swimmer;
    own.swimmer.swim(input.wish(pose, view), seconds);
    own.reporter.report(pose, now);
  }
  pond.move(now, seconds, calm);
  if (own) view.follow(own.swimmer.pose, pond.radius, seconds, calm);
  drawScene(view, pond, now, calm);
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return view.fit();
  // It rests where it is, for the others too.
  input.release();
  if (pond.own) {
    pond.own.swimmer.pose.momentum = 0;
    pond.own.reporter.rest(pond.own.swimmer.pose);
  }
});

expose(pond);
