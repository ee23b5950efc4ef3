/** Seconds that words stay, at least, and in which they fade. */
const STAYS = 5;
const STAYS_PER_LETTER = 0.045;
const FADES = 0.8;
/** How wide lines are, in CSS pixels, and how high. */
const WIDTH = 210;
const LINE = 18;
const MOST_LINES = 6;
const FONT = "14px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const NAME_FONT = "500 12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** The name below a tadpole, and what it says above. */
export class Speech {
  readonly #name: string;
  #text = '';
  #lines: string[] | undefined;
  #width = 0;
  #left = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** What is being said; empty when it has faded. */
  get text(): string {
    return this.#left > 0 ? this.#text : '';
  }

  say(text: string): void {
    this.#text = text;
    this.#lines = undefined;
    this.#left = STAYS + text.length * STAYS_PER_LETTER + FADES;
  }

  pass(seconds: number): void {
    this.#left = Math.max(0, this.#left - seconds);
  }

  /** Draws the name below a point on the screen. */
  drawName(context: CanvasRenderingContext2D, x: number, y: number, alpha: number): void {
    context.globalAlpha = alpha;
    context.font = NAME_FONT;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = 'rgb(3 18 28 / 0.55)';
    context.strokeText(this.#name, x, y);
    context.fillStyle = '#cfe9e7';
    context.fillText(this.#name, x, y);
    context.globalAlpha = 1;
  }

  /** Draws the words in a bubble above a point on the screen, and inside of it. */
  drawWords(context: CanvasRenderingContext2D, x: number, y: number, screen: number, alpha: number): void {
    if (this.#left === 0) return;
    context.font = FONT;
    const lines = (this.#lines ??= this.#wrap(context));
    const [width, height] = [this.#width + 24, lines.length * LINE + 15];
    const left = Math.max(8, Math.min(screen - width - 8, x - width / 2));
    const top = Math.max(8, y - height - 8);
    const point = Math.max(left + 16, Math.min(left + width - 16, x));

    context.globalAlpha = alpha * Math.min(1, this.#left / FADES);
    context.fillStyle = 'rgb(226 246 243 / 0.93)';
    context.beginPath();
    context.roundRect(left, top, width, height, 13);
    // The other way round it would cut a hole where it overlaps.
    context.moveTo(point + 6, top + height - 1);
    context.lineTo(point, top + height + 7);
    context.lineTo(point - 6, top + height - 1);
    context.fill();
    context.fillStyle = '#06303d';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    lines.forEach((line, index) => context.fillText(line, left + width / 2, top + 8 + LINE * (index + 0.5)));
    context.globalAlpha = 1;
  }

  #wrap(context: CanvasRenderingContext2D): string[] {
    const lines = wrap(this.#text, (line) => context.measureText(line).width);
    this.#width = Math.max(20, ...lines.map((line) => context.measureText(line).width));
    return lines;
  }
}

/** Cuts a text into lines: between words where there are any, else within. */
function wrap(text: string, width: (line: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && width(`${line} ${word}`) <= WIDTH) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    line = '';
    for (const letter of word) {
      if (line && width(line + letter) > WIDTH) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  lines.push(line);
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `${lines[MOST_LINES - 1]}…`];
}
