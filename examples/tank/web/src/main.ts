import { Arena } from './arena.js';
import { byId } from './dom.js';
import { drawCross, drawRadar, drawScene } from './draw/scene.js';
import { Effects } from './draw/effects.js';
import { Ground } from './draw/ground.js';
import { Tanks } from './draw/tanks.js';
import { expose } from './expose.js';
import { Hud } from './hud.js';
import { Input } from './input.js';
import { Sound } from './sound.js';
import { Start } from './start.js';
import { Sticks } from './sticks.js';
import { transport } from './transport.js';
import { View } from './view.js';
import { Visit } from './visit.js';

/** Seconds that one frame stands for at most. */
const LONGEST_FRAME = 0.25;

const canvas = byId('arena', HTMLCanvasElement);
const status = byId('status', HTMLParagraphElement);
const again = byId('again', HTMLButtonElement);
const sounds = byId('sounds', HTMLButtonElement);

const view = new View(canvas);
const sticks = new Sticks(canvas);
const input = new Input(canvas, sticks);
const hud = new Hud();
const sound = new Sound();
const effects = new Effects();

/** The arena that the visitor is in, and what is drawn of it beyond its state. */
let current: { arena: Arena; ground: Ground; tanks: Tanks } | undefined;

const visit = new Visit(await transport(), {
  onConnection(state, words) {
    status.dataset['state'] = state;
    status.textContent = words;
    again.hidden = state !== 'closed';
    if (state !== 'open') input.release();
  },
  onArenas: (offers) => start.offer(offers),
  onSeat: (arena) => history.replaceState(null, '', `#${arena}`),
  onRefused(words) {
    start.show();
    start.refuse(words);
  },
  onLost() {
    current = undefined;
    hud.hide();
    start.show();
  },
  onWelcome(welcome) {
    const arena = new Arena(welcome, listener, performance.now());
    current = { arena, ground: new Ground(arena.map), tanks: new Tanks() };
    hud.pilots(arena);
    hud.show();
    start.hide();
    canvas.focus();
  },
  onState: (state) => current?.arena.state(state, performance.now()),
  onShot: (shot) => current?.arena.shot(shot, performance.now()),
  onHit: (hit) => current?.arena.hit(hit),
  onKill: (kill) => current?.arena.killed(kill),
  onSpawn: (spawn) => current?.arena.spawned(spawn),
  onCrate: (crate) => current?.arena.placed(crate),
  onTaken: (taken) => current?.arena.taken(taken),
  onJoined: (pilot) => current?.arena.joined(pilot),
  onLeft: (left) => current?.arena.left(left),
});

const start = new Start((name, hue, arena) => {
  sound.start();
  void visit.play(name, hue, arena);
});

const listener = {
  onFired(x: number, y: number, aim: number, isOwn: boolean) {
    effects.muzzle(x, y, aim);
    current?.tanks.fired(x, y);
    sound.shot(x, y);
    if (isOwn) view.shake(2);
  },
  onSpent: (x: number, y: number) => effects.sparks(x, y),
  onHurt(x: number, y: number, tank: number, isOwn: boolean) {
    effects.hurt(x, y);
    current?.tanks.hurt(tank);
    sound.hurt(x, y);
    if (isOwn) view.shake(9);
  },
  onDestroyed(x: number, y: number, kill: Parameters<Hud['killed']>[0]) {
    if (!current) return;
    effects.explode(x, y, current.arena.pilots.get(kill.tank)?.hue ?? 0);
    current.ground.scorch(x, y, 46);
    sound.explosion(x, y);
    view.shake(kill.tank === current.arena.id ? 18 : view.sees(x, y) ? 6 : 0);
    hud.killed(kill, current.arena, performance.now());
  },
  onAppeared: (x: number, y: number, hue: number) => effects.appear(x, y, hue),
  onTaken(x: number, y: number, isOwn: boolean) {
    effects.take(x, y);
    if (isOwn) sound.taken();
  },
  onPilots: () => current && hud.pilots(current.arena),
};

// No frames are asked for while nobody looks, and so nothing is computed, drawn or sent: the tank stands still.
let last = performance.now();
function frame(now: number): void {
  const seconds = Math.min(LONGEST_FRAME, Math.max(0, (now - last) / 1000));
  last = now;
  if (current) play(current, now, seconds);
  else start.draw(view, now);
  requestAnimationFrame(frame);
}

function play({ arena, ground, tanks }: NonNullable<typeof current>, now: number, seconds: number): void {
  const wish = () => {
    const [x, y] = arena.place(arena.id);
    return input.wish({ x, y, heading: arena.own?.heading ?? 0 }, view);
  };
  arena.move(now, seconds, wish, visit.isOpen ? (command) => visit.drive(command) : undefined);
  const drawn = arena.tanks();
  const [x, y] = arena.place(arena.id);
  sound.ear = [x, y];
  view.follow({ x, y }, arena.size, seconds, sticks.isUsed);
  tanks.move(drawn, seconds, (markX, markY, heading) => ground.track(markX, markY, heading));
  ground.move(now);
  effects.move(seconds);
  drawScene(view, arena, drawn, now, { ground, tanks, effects });
  drawRadar(view, arena, drawn);
  drawCross(view, input.pointer, 1 - (arena.prediction.body?.reload ?? 0) / 14);
  sticks.draw(view.inScreen(), view.width, view.height);
  hud.move(arena, now);
}
requestAnimationFrame(frame);

again.addEventListener('click', () => visit.connect());
byId('leave', HTMLButtonElement).addEventListener('click', () => {
  history.replaceState(null, '', location.pathname + location.search);
  void visit.quit();
});
byId('share', HTMLButtonElement).addEventListener('click', ({ currentTarget }) => {
  if (!(currentTarget instanceof HTMLButtonElement)) return;
  const button = currentTarget;
  const tell = (words: string) => {
    button.textContent = words;
    setTimeout(() => (button.textContent = 'Invite'), 2_000);
  };
  // Browsers copy for pages of a secure origin only.
  if (!navigator.clipboard) return tell('Copy the address');
  navigator.clipboard.writeText(location.href).then(() => tell('Link copied'), () => tell('Copy the address'));
});
sounds.addEventListener('click', () => {
  sound.isOn = !sound.isOn;
  sounds.setAttribute('aria-pressed', String(sound.isOn));
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) input.release();
  else view.fit();
});

expose(() => current?.arena, view);
