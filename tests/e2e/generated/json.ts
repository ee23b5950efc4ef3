// Never run: `tsc` checks that the generated client of a JSON application takes what the server takes.
import { createClient, dictionary } from './client/routes.js';
import type { Bag, Event, Game, Int64, JoinRequest, Shape, User } from './client/routes.js';

export async function use(): Promise<void> {
  const game: Game = createClient(new URL('ws://localhost/nano'), { requestTimeout: 1000 });
  const request: JoinRequest = { name: 'Ann', 'user-id': 5n };
  const reply = await game.room.join(request, { timeout: 1000 });
  const first: User | null | undefined = reply.members[0];
  const uid: Int64 | undefined = first?.uid;
  // @ts-expect-error an index may be beyond the end
  reply.members[0].name;

  // @ts-expect-error a name is text
  await game.room.join({ name: 5, 'user-id': 1 });
  // @ts-expect-error the id is missing
  await game.room.join({ name: 'Ann' });
  // @ts-expect-error the payload is missing
  await game.room.join();
  // @ts-expect-error what is optional is left out, not undefined
  await game.room.join({ ...request, color: undefined });
  // @ts-expect-error no such color
  await game.room.join({ ...request, color: 'green' });
  // @ts-expect-error no such field
  await game.room.join({ ...request, more: 1 });
  // @ts-expect-error no such route
  await game.room.nothing();
  // @ts-expect-error bytes are no text
  await game.room.upload('text');
  // @ts-expect-error a position has two coordinates
  await game.room.swim([1, 2, 3]);
  // @ts-expect-error there is no reply to wait for
  await game.room.swim([1, 2], { timeout: 1 });
  // @ts-expect-error the dictionary is the client's own
  createClient('ws://localhost', { dictionary });

  const nothing: void = await game.room.leave({ timeout: 1 });
  const bytes: Uint8Array = await game.room.upload(new Uint8Array(3));
  const table: Int64 = await game.lobby.openTable({ items: [], next: null });
  const anything: unknown = await game.room["what'sUp?"](null);
  await game.room.message('hi');
  await game.room.swim([1, 2]);
  await game.room.ping();

  const shapes: Shape[] = ['Point', { Circle: 1 }, { Rect: { w: 1, h: 2 } }, { Path: ['Point'] }];
  // @ts-expect-error a circle has a radius
  shapes.push('Circle');
  const events: Event[] = [
    { kind: 'quiet' },
    { kind: 'came', uid: 1, name: 'Ann', 'user-id': 1 },
    { kind: 'moved', x: 1, y: 2 },
    { kind: 'counts', a: 1 },
  ];
  for (const event of events) {
    if (event.kind === 'moved') event.x.toFixed();
    // @ts-expect-error only what moved has coordinates
    if (event.kind === 'quiet') event.x;
  }
  const bag: Bag = { id: 1, label: 'x', other: true };

  const off = game.on.newUser((user) => user.name.trim());
  // @ts-expect-error a user is no text
  game.on.newUser((user: string) => user);
  game.on.frame((frame) => frame.byteLength);
  game.on.tick(() => off());
  game.client.close();
  console.log(uid, nothing, bytes, table, anything, bag.id.toFixed(), dictionary.codes['room.join']);
}
