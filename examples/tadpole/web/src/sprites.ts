/** Pictures that are drawn once and then copied: soft light costs too much to be made in every frame. */

/** Colours are told apart in steps of so many degrees. */
const HUE_STEP = 6;
const RESOLUTION = 4;

/** How much of the glow around a body is drawn, in units of the pond, from the middle. */
export const GLOW = 34;
/** The radius of a body, in units of the pond. */
export const BODY = 9.5;

const bodies = new Map<number, HTMLCanvasElement>();

/** The body of a tadpole that looks to the right, in the middle of a square of twice `GLOW`. */
export function body(hue: number): HTMLCanvasElement {
  const step = Math.round(hue / HUE_STEP) * HUE_STEP;
  const known = bodies.get(step);
  if (known) return known;
  const made = picture(GLOW * 2, (context) => drawBody(context, step));
  bodies.set(step, made);
  return made;
}

/** A soft dot of light, as large as a square of `size`. */
export function softDot(size: number, colour: string): HTMLCanvasElement {
  return picture(size, (context) => {
    const middle = size / 2;
    const light = context.createRadialGradient(middle, middle, 0, middle, middle, middle);
    light.addColorStop(0, `rgb(${colour} / 1)`);
    light.addColorStop(0.35, `rgb(${colour} / 0.42)`);
    light.addColorStop(0.7, `rgb(${colour} / 0.1)`);
    light.addColorStop(1, `rgb(${colour} / 0)`);
    context.fillStyle = light;
    context.fillRect(0, 0, size, size);
  }, 1);
}

function drawBody(context: CanvasRenderingContext2D, hue: number): void {
  context.translate(GLOW, GLOW);
  const glow = context.createRadialGradient(0, 0, BODY * 0.6, 0, 0, GLOW);
  glow.addColorStop(0, `hsl(${hue} 80% 70% / 0.34)`);
  glow.addColorStop(0.45, `hsl(${hue} 80% 65% / 0.09)`);
  glow.addColorStop(1, `hsl(${hue} 80% 65% / 0)`);
  context.fillStyle = glow;
  context.fillRect(-GLOW, -GLOW, GLOW * 2, GLOW * 2);

  // Glass: clear in the middle, brighter towards the rim, a light from above.
  const skin = context.createRadialGradient(2, -1, 1, 0, 0, BODY * 1.12);
  skin.addColorStop(0, `hsl(${hue} 70% 88% / 0.62)`);
  skin.addColorStop(0.55, `hsl(${hue} 72% 70% / 0.6)`);
  skin.addColorStop(0.9, `hsl(${hue} 78% 76% / 0.86)`);
  skin.addColorStop(1, `hsl(${hue} 80% 82% / 0.7)`);
  context.fillStyle = skin;
  context.beginPath();
  context.ellipse(0, 0, BODY * 1.1, BODY * 0.94, 0, 0, Math.PI * 2);
  context.fill();

  // What it had for lunch.
  context.fillStyle = `hsl(${hue + 18} 55% 42% / 0.38)`;
  context.beginPath();
  context.ellipse(-3.2, 0.6, 3.6, 3.2, 0.4, 0, Math.PI * 2);
  context.fill();

  for (const side of [-1, 1]) {
    context.fillStyle = `hsl(${hue} 60% 96% / 0.95)`;
    dot(context, 5.2, side * 4.3, 2.3);
    context.fillStyle = 'hsl(205 60% 9% / 0.95)';
    dot(context, 5.9, side * 4.35, 1.45);
    context.fillStyle = 'rgb(255 255 255 / 0.9)';
    dot(context, 6.3, side * 4.35 - 0.5, 0.45);
  }
  context.fillStyle = 'rgb(255 255 255 / 0.34)';
  context.beginPath();
  context.ellipse(-1.2, -4.6, 4.2, 1.5, -0.16, 0, Math.PI * 2);
  context.fill();
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fill();
}

function picture(size: number, draw: (context: CanvasRenderingContext2D) => void, resolution = RESOLUTION): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(size * resolution);
  const context = canvas.getContext('2d');
  if (context) {
    context.scale(resolution, resolution);
    draw(context);
  }
  return canvas;
}
