import type { View } from '../view.js';

/** More than so many are seen by nobody. */
const MOST = 500;

interface Particle {
  x: number;
  y: number;
  dx: number;
  dy: number;
  size: number;
  /** Seconds that it has, and seconds that are left. */
  readonly life: number;
  left: number;
  readonly colour: string;
  readonly kind: 'spark' | 'smoke' | 'ring' | 'flash';
}

/** Sparks, smoke and fire. */
export class Effects {
  #particles: Particle[] = [];

  muzzle(x: number, y: number, aim: number): void {
    const [dx, dy] = [Math.cos(aim), Math.sin(aim)];
    this.#add({ x: x + dx * 32, y: y + dy * 32, size: 20, life: 0.1, colour: '#ffe2a0', kind: 'flash' });
    this.#spray(x + dx * 30, y + dy * 30, 6, 190, 0.22, '#ffd27a', aim, 0.5);
    this.#add({ x: x + dx * 34, y: y + dy * 34, dx: dx * 30, dy: dy * 30, size: 7, life: 0.5, colour: '190 200 225', kind: 'smoke' });
  }

  sparks(x: number, y: number): void {
    this.#spray(x, y, 7, 150, 0.28, '#ffd9a0');
  }

  hurt(x: number, y: number): void {
    this.#add({ x, y, size: 24, life: 0.14, colour: '#fff1c9', kind: 'flash' });
    this.#spray(x, y, 16, 240, 0.42, '#ffb45e');
  }

  explode(x: number, y: number, hue: number): void {
    this.#add({ x, y, size: 90, life: 0.28, colour: '#ffd58a', kind: 'flash' });
    this.#add({ x, y, size: 110, life: 0.55, colour: '#ffcf8f', kind: 'ring' });
    this.#spray(x, y, 34, 330, 0.9, '#ff9a3d');
    this.#spray(x, y, 16, 210, 1.1, `hsl(${hue} 80% 60%)`);
    for (let puff = 0; puff < 12; puff++) {
      const angle = Math.random() * 2 * Math.PI;
      const speed = 15 + Math.random() * 45;
      const [dx, dy] = [Math.cos(angle) * speed, Math.sin(angle) * speed - 12];
      this.#add({ x, y, dx, dy, size: 12 + Math.random() * 12, life: 0.9 + Math.random() * 0.9, colour: '60 64 80', kind: 'smoke' });
    }
  }

  appear(x: number, y: number, hue: number): void {
    this.#add({ x, y, size: 70, life: 0.6, colour: `hsl(${hue} 90% 75%)`, kind: 'ring' });
    this.#spray(x, y, 18, 150, 0.6, `hsl(${hue} 90% 75%)`);
  }

  take(x: number, y: number): void {
    this.#add({ x, y, size: 46, life: 0.4, colour: '#b9ffcf', kind: 'ring' });
    this.#spray(x, y, 14, 120, 0.5, '#b9ffcf');
  }

  move(seconds: number): void {
    for (const particle of this.#particles) {
      particle.left -= seconds;
      particle.x += particle.dx * seconds;
      particle.y += particle.dy * seconds;
      const drag = Math.exp(-(particle.kind === 'smoke' ? 1.5 : 3.2) * seconds);
      particle.dx *= drag;
      particle.dy *= drag;
    }
    this.#particles = this.#particles.filter(({ left }) => left > 0);
  }

  draw(view: View): void {
    const context = view.inArena();
    for (const particle of this.#particles) {
      if (particle.kind === 'smoke' && view.sees(particle.x, particle.y)) drawSmoke(context, particle);
    }
    context.globalCompositeOperation = 'lighter';
    for (const particle of this.#particles) {
      if (!view.sees(particle.x, particle.y)) continue;
      if (particle.kind === 'spark') drawSpark(context, particle);
      if (particle.kind === 'ring') drawRing(context, particle);
      if (particle.kind === 'flash') drawFlash(context, particle);
    }
    context.globalCompositeOperation = 'source-over';
    context.globalAlpha = 1;
  }

  #spray(x: number, y: number, count: number, speed: number, life: number, colour: string, aim = 0, spread = Math.PI): void {
    for (let spark = 0; spark < count; spark++) {
      const angle = aim + (Math.random() * 2 - 1) * spread;
      const fast = speed * (0.3 + Math.random() * 0.9);
      const [dx, dy] = [Math.cos(angle) * fast, Math.sin(angle) * fast];
      this.#add({ x, y, dx, dy, size: 1.4 + Math.random() * 1.6, life: life * (0.5 + Math.random() * 0.7), colour, kind: 'spark' });
    }
  }

  #add(particle: Omit<Particle, 'left' | 'dx' | 'dy'> & { dx?: number; dy?: number }): void {
    if (this.#particles.length < MOST) this.#particles.push({ dx: 0, dy: 0, ...particle, left: particle.life });
  }
}

function drawSpark(context: CanvasRenderingContext2D, { x, y, dx, dy, size, life, left, colour }: Particle): void {
  context.globalAlpha = left / life;
  context.strokeStyle = colour;
  context.lineWidth = size;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - dx * 0.035, y - dy * 0.035);
  context.stroke();
}

function drawSmoke(context: CanvasRenderingContext2D, { x, y, size, life, left, colour }: Particle): void {
  const age = 1 - left / life;
  context.globalAlpha = 0.32 * (left / life);
  context.fillStyle = `rgb(${colour})`;
  context.beginPath();
  context.arc(x, y, size * (1 + age * 1.4), 0, 2 * Math.PI);
  context.fill();
}

function drawRing(context: CanvasRenderingContext2D, { x, y, size, life, left, colour }: Particle): void {
  const part = left / life;
  context.globalAlpha = part;
  context.strokeStyle = colour;
  context.lineWidth = 1 + 6 * part;
  context.beginPath();
  context.arc(x, y, size * (1 - part * part), 0, 2 * Math.PI);
  context.stroke();
}

function drawFlash(context: CanvasRenderingContext2D, { x, y, size, life, left, colour }: Particle): void {
  context.globalAlpha = left / life;
  const light = context.createRadialGradient(x, y, 0, x, y, size);
  light.addColorStop(0, colour);
  light.addColorStop(1, 'transparent');
  context.fillStyle = light;
  context.fillRect(x - size, y - size, 2 * size, 2 * size);
}
