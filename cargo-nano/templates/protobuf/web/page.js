// The page. The build script writes ./routes.js, the typed client, from the Rust code and from proto/field.proto.
import { createClient } from './routes.js';

const byId = (id) => document.getElementById(id);
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const game = createClient(`${scheme}://${location.host}/nano`);
const field = byId('field');
const dots = new Map();
/** The server takes 60 moves a second: this page sends 20. */
const PAUSE = 50;
let place = null;
let own = 0;

function show({ id, x, y, hue }) {
  let dot = dots.get(id);
  if (!dot) {
    dot = document.createElement('div');
    dot.style.background = `hsl(${hue} 70% 55%)`;
    dots.set(id, dot);
    field.append(dot);
  }
  dot.classList.toggle('own', id === own);
  dot.style.left = `${x * 100}%`;
  dot.style.top = `${y * 100}%`;
}

function count() {
  byId('status').textContent = dots.size === 1 ? 'only you' : `${dots.size} dots`;
}

async function enter() {
  try {
    const entered = await game.field.enter({ hue: Math.floor(Math.random() * 360) });
    own = entered.id;
    // Of those that were seen before, some may have left.
    for (const dot of dots.values()) dot.remove();
    dots.clear();
    entered.dots.forEach(show);
    count();
  } catch (error) {
    byId('status').textContent = error.message;
  }
}

game.client.onState((state) => {
  byId('status').textContent = state;
  if (state === 'open') enter();
});
game.on.dot((dot) => {
  show(dot);
  count();
});
game.on.left(({ id }) => {
  dots.get(id)?.remove();
  dots.delete(id);
  count();
});

field.addEventListener('pointermove', (event) => {
  const box = field.getBoundingClientRect();
  place = { x: (event.clientX - box.x) / box.width, y: (event.clientY - box.y) / box.height };
});

setInterval(() => {
  if (!place || game.client.state !== 'open') return;
  game.field.moveTo(place);
  place = null;
}, PAUSE);
