import type { Drawn } from '../arena.js';

/** What a tank looks like beyond its state: how far its tracks have run, and what happened to it. */
interface Look {
  run: number;
  recoil: number;
  flash: number;
  /** Where its tracks left their last mark. */
  mark: { x: number; y: number };
}

const MARK_EVERY = 6;
/** Many more than there are tanks in an arena. */
const MOST_LOOKS = 100;
/** It is drawn a little smaller, so that it is not under the walls that it touches. */
const SIZE = 0.92;

/** Draws tanks, and remembers of each what its state does not tell. */
export class Tanks {
  readonly #looks = new Map<number, Look>();

  /** The gun of a tank fires. */
  fired(x: number, y: number): void {
    for (const look of this.#near(x, y)) look.recoil = 1;
  }

  hurt(id: number): void {
    const look = this.#looks.get(id);
    if (look) look.flash = 1;
  }

  /** Lets time pass; `mark` is called where tracks leave marks. */
  move(tanks: readonly Drawn[], seconds: number, mark: (x: number, y: number, heading: number) => void): void {
    // Those that have left are forgotten, now and then.
    if (this.#looks.size > MOST_LOOKS) this.#looks.clear();
    for (const tank of tanks) {
      const look = this.#look(tank);
      look.run += tank.speed * seconds * 30;
      look.recoil *= Math.exp(-9 * seconds);
      look.flash *= Math.exp(-7 * seconds);
      if (Math.hypot(tank.x - look.mark.x, tank.y - look.mark.y) > MARK_EVERY) {
        look.mark = { x: tank.x, y: tank.y };
        mark(tank.x, tank.y, tank.heading);
      }
    }
  }

  draw(context: CanvasRenderingContext2D, tank: Drawn, now: number): void {
    const look = this.#look(tank);
    context.save();
    context.translate(tank.x, tank.y);
    context.scale(SIZE, SIZE);
    context.globalAlpha = tank.away ? 0.45 : 1;
    drawShadow(context, tank);
    if (tank.boost > 0) drawGlow(context, 'rgb(255 170 60 / 32%)', 34 + Math.sin(now / 90) * 3);
    context.rotate(tank.heading);
    drawHull(context, tank, look);
    context.rotate(tank.aim - tank.heading);
    drawGun(context, tank, look);
    if (tank.shield > 0) {
      context.rotate(now / 900 - tank.aim);
      drawShield(context, now, Math.min(1, tank.shield / 15));
    }
    context.restore();
  }

  #look({ id, x, y }: Drawn): Look {
    let look = this.#looks.get(id);
    if (!look) this.#looks.set(id, (look = { run: 0, recoil: 0, flash: 0, mark: { x, y } }));
    return look;
  }

  *#near(x: number, y: number): Generator<Look> {
    for (const look of this.#looks.values()) {
      if (Math.hypot(look.mark.x - x, look.mark.y - y) < 30) yield look;
    }
  }
}

function drawShadow(context: CanvasRenderingContext2D, { heading }: Drawn): void {
  context.save();
  context.translate(5, 7);
  context.rotate(heading);
  context.fillStyle = 'rgb(0 0 8 / 40%)';
  box(context, -20, -18, 40, 36, 6);
  context.fill();
  context.restore();
}

function drawGlow(context: CanvasRenderingContext2D, colour: string, radius: number): void {
  const glow = context.createRadialGradient(0, 0, 6, 0, 0, radius);
  glow.addColorStop(0, colour);
  glow.addColorStop(1, 'transparent');
  context.fillStyle = glow;
  context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
}

function drawHull(context: CanvasRenderingContext2D, { hue, boost }: Drawn, { run, flash }: Look): void {
  for (const side of [-1, 1]) {
    const y = side * 13.5;
    context.fillStyle = '#0b0e18';
    box(context, -20, y - 5, 40, 10, 4);
    context.fill();
    context.fillStyle = '#343c52';
    const first = ((run % 5) + 5) % 5;
    for (let x = -19 + first; x < 18; x += 5) context.fillRect(x, y - 4.4, 2.4, 8.8);
  }
  const paint = context.createLinearGradient(0, -12, 0, 12);
  paint.addColorStop(0, `hsl(${hue} 75% 62%)`);
  paint.addColorStop(0.5, `hsl(${hue} 70% 48%)`);
  paint.addColorStop(1, `hsl(${hue} 70% 36%)`);
  context.fillStyle = paint;
  context.beginPath();
  context.moveTo(-18, -10);
  context.lineTo(12, -10);
  context.lineTo(19, -5);
  context.lineTo(19, 5);
  context.lineTo(12, 10);
  context.lineTo(-18, 10);
  context.closePath();
  context.fill();
  context.strokeStyle = `hsl(${hue} 60% 22%)`;
  context.lineWidth = 1.2;
  context.stroke();
  // The engine's grille, and the lamps.
  context.fillStyle = boost > 0 ? '#ffb347' : `hsl(${hue} 60% 20%)`;
  for (const y of [-5, -1.5, 2, 5.5]) context.fillRect(-16, y - 1, 6, 1.6);
  context.fillStyle = '#fff7cf';
  for (const y of [-5.5, 4]) context.fillRect(16, y, 2, 1.8);
  if (flash > 0.05) {
    context.fillStyle = `rgb(255 255 255 / ${(flash * 80).toFixed(0)}%)`;
    box(context, -20, -18, 40, 36, 5);
    context.fill();
  }
}

function drawGun(context: CanvasRenderingContext2D, { hue }: Drawn, { recoil }: Look): void {
  const back = -recoil * 7;
  context.fillStyle = '#10131f';
  context.fillRect(6 + back, -3.4, 23, 6.8);
  const barrel = context.createLinearGradient(0, -3, 0, 3);
  barrel.addColorStop(0, '#b9c3dc');
  barrel.addColorStop(1, '#5b6580');
  context.fillStyle = barrel;
  context.fillRect(6 + back, -2.4, 22, 4.8);
  context.fillStyle = '#39415a';
  context.fillRect(24 + back, -3.8, 6, 7.6);
  const dome = context.createRadialGradient(-3, -4, 1, 0, 0, 12);
  dome.addColorStop(0, `hsl(${hue} 85% 78%)`);
  dome.addColorStop(0.6, `hsl(${hue} 72% 52%)`);
  dome.addColorStop(1, `hsl(${hue} 70% 32%)`);
  context.fillStyle = dome;
  context.beginPath();
  context.arc(back * 0.3, 0, 10, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = `hsl(${hue} 60% 20%)`;
  context.lineWidth = 1.2;
  context.stroke();
  context.fillStyle = `hsl(${hue} 60% 26%)`;
  context.beginPath();
  context.arc(back * 0.3 - 3, 2.5, 2.6, 0, 2 * Math.PI);
  context.fill();
}

function drawShield(context: CanvasRenderingContext2D, now: number, strength: number): void {
  context.globalAlpha *= strength * (0.75 + 0.25 * Math.sin(now / 110));
  context.strokeStyle = '#8fe9ff';
  context.fillStyle = 'rgb(120 220 255 / 12%)';
  context.lineWidth = 2;
  context.beginPath();
  for (let corner = 0; corner < 6; corner++) {
    const angle = (corner * Math.PI) / 3;
    context.lineTo(Math.cos(angle) * 30, Math.sin(angle) * 30);
  }
  context.closePath();
  context.fill();
  context.stroke();
}

/** A rectangle with round corners. */
export function box(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}
