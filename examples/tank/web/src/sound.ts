/** Sounds beyond this many units are not heard. */
const EAR = 900;

/** Sounds, all computed here: a browser plays them from the first click on. */
export class Sound {
  #context: AudioContext | undefined;
  #noise: AudioBuffer | undefined;
  isOn = true;
  /** Where the ear is, in units. */
  ear: readonly [number, number] = [0, 0];

  /** Called by a click: browsers play nothing before one. */
  start(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  shot(x: number, y: number): void {
    this.#burst(this.#loudness(x, y) * 0.35, 0.16, 1800, 300);
    this.#tone(this.#loudness(x, y) * 0.25, 0.12, 190, 60, 'square');
  }

  hurt(x: number, y: number): void {
    this.#burst(this.#loudness(x, y) * 0.4, 0.12, 3200, 900);
  }

  explosion(x: number, y: number): void {
    this.#burst(this.#loudness(x, y) * 0.9, 0.9, 900, 60);
    this.#tone(this.#loudness(x, y) * 0.6, 0.6, 90, 28, 'sine');
  }

  taken(): void {
    this.#tone(0.12, 0.12, 520, 780, 'triangle');
    this.#tone(0.12, 0.25, 780, 1170, 'triangle');
  }

  #loudness(x: number, y: number): number {
    const distance = Math.hypot(x - this.ear[0], y - this.ear[1]);
    return Math.max(0, 1 - distance / EAR) ** 2;
  }

  /** A tone that glides. */
  #tone(volume: number, seconds: number, from: number, to: number, type: OscillatorType): void {
    const out = this.#out(volume, seconds);
    if (!out) return;
    const tone = new OscillatorNode(out.context, { type, frequency: from });
    tone.frequency.exponentialRampToValueAtTime(to, out.context.currentTime + seconds);
    tone.connect(out);
    tone.start();
    tone.stop(out.context.currentTime + seconds);
  }

  /** Noise that gets darker. */
  #burst(volume: number, seconds: number, from: number, to: number): void {
    const out = this.#out(volume, seconds);
    if (!out) return;
    const source = new AudioBufferSourceNode(out.context, { buffer: (this.#noise ??= noise(out.context)), loop: true });
    const filter = new BiquadFilterNode(out.context, { type: 'lowpass', frequency: from });
    filter.frequency.exponentialRampToValueAtTime(to, out.context.currentTime + seconds);
    source.connect(filter).connect(out);
    source.start();
    source.stop(out.context.currentTime + seconds);
  }

  /** Where a sound goes that fades within some seconds; undefined if nobody hears it. */
  #out(volume: number, seconds: number): GainNode | undefined {
    const context = this.#context;
    if (!context || context.state !== 'running' || !this.isOn || document.hidden || volume < 0.01) return undefined;
    const gain = new GainNode(context, { gain: volume });
    gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + seconds);
    gain.connect(context.destination);
    return gain;
  }
}

function noise(context: BaseAudioContext): AudioBuffer {
  const buffer = new AudioBuffer({ length: context.sampleRate, sampleRate: context.sampleRate });
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < samples.length; at++) samples[at] = Math.random() * 2 - 1;
  return buffer;
}
