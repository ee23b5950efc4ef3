/** Joints of the tail behind the head, and the way between two of them. */
const JOINTS = 9;
const STEP = 4.6;
/** A tail that is further behind than this belongs to a tadpole that was put elsewhere. */
const LOST = 200;

interface Point {
  x: number;
  y: number;
}

/** A tail: a chain that follows the head, and wriggles with its speed. */
export class Tail {
  readonly #joints: Point[] = [];
  #phase = Math.random() * 7;
  #swing = 0;

  /** Follows a head that has moved on for `seconds`. */
  follow(x: number, y: number, angle: number, momentum: number, seconds: number, calm: boolean): void {
    const first = this.#joints[0];
    if (!first || Math.hypot(first.x - x, first.y - y) > LOST) this.#stretch(x, y, angle);
    this.#phase += seconds * (2.4 + momentum * 0.085);
    this.#swing = (0.9 + Math.min(momentum, 260) * 0.021) * (calm ? 0.5 : 1);

    // The root sits firmly in the head; every further joint is pulled along by the one before.
    let ahead = { x: x - Math.cos(angle) * 5, y: y - Math.sin(angle) * 5 };
    let heading = angle + Math.PI;
    this.#joints.forEach((joint, index) => {
      let away = Math.atan2(joint.y - ahead.y, joint.x - ahead.x);
      // A tail bends, but it does not fold.
      const bend = Math.atan2(Math.sin(away - heading), Math.cos(away - heading));
      const most = index === 0 ? 0.35 : 0.5;
      away = heading + Math.max(-most, Math.min(most, bend));
      joint.x = ahead.x + Math.cos(away) * STEP;
      joint.y = ahead.y + Math.sin(away) * STEP;
      ahead = joint;
      heading = away;
    });
  }

  /** Traces its outline, in the coordinates of the pond. */
  trace(context: CanvasRenderingContext2D, scale: number): void {
    const left: Point[] = [];
    const right: Point[] = [];
    this.#joints.forEach((joint, index) => {
      const next = this.#joints[index + 1] ?? joint;
      const last = this.#joints[index - 1] ?? joint;
      const along = Math.atan2(next.y - last.y, next.x - last.x);
      const part = index / (JOINTS - 1);
      const side = Math.sin(this.#phase - index * 0.62) * this.#swing * (0.15 + part) * 2.4;
      const width = 3.9 * (1 - part) ** 0.8 + 0.25;
      const [nx, ny] = [-Math.sin(along) * scale, Math.cos(along) * scale];
      left.push({ x: joint.x + nx * (side + width), y: joint.y + ny * (side + width) });
      right.push({ x: joint.x + nx * (side - width), y: joint.y + ny * (side - width) });
    });
    curve(context, [...left, ...right.reverse()]);
  }

  #stretch(x: number, y: number, angle: number): void {
    for (let index = 0; index < JOINTS; index += 1) {
      const way = 5 + STEP * (index + 1);
      this.#joints[index] = { x: x - Math.cos(angle) * way, y: y - Math.sin(angle) * way };
    }
  }
}

/** A smooth line from the first to the last point, through the middles between those in between. */
function curve(context: CanvasRenderingContext2D, points: Point[]): void {
  const [first, ...others] = points;
  if (!first) return;
  context.moveTo(first.x, first.y);
  others.forEach((point, index) => {
    const next = others[index + 1] ?? point;
    context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
  });
}
