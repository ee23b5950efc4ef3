export interface Message {
  kind: 'request' | 'notify' | 'response' | 'push';
  flag: number;
  id?: number;
  /** The route, one way or the other; a response has none. */
  code?: number;
  route?: string;
  body: Buffer;
}

export interface Handshake {
  sys: { serializer?: string; dictVersion?: string; dict?: Record<string, number>; features?: string[] };
}

export function packets(frames: Iterable<Uint8Array>): { type: number; body: Buffer }[];
export function handshake(frames: Iterable<Uint8Array>): Handshake;
export function messages(frames: Iterable<Uint8Array>): Message[];
