// Never run: `tsc` checks that the generated client of a protobuf application takes what the server takes.
import { create } from '@bufbuild/protobuf';

import { createClient } from './client/routes.js';
import { Color, JoinRequestSchema$ } from './client/game/v1/room_pb.js';

export async function use(): Promise<void> {
  const game = createClient('ws://localhost/nano');
  const reply = await game.room.join({ userName: 'Ann', color: Color.RED, id: 5n }, { timeout: 1000 });
  reply.members[1]?.name.trim();
  if (reply.lastEvent.case === 'came') reply.lastEvent.value.trim();
  await game.room.join(create(JoinRequestSchema$, { userName: 'Ann' }));
  await game.room.swim({ x: 1, y: 2 });
  await game.room.leave();
  const seconds: bigint = (await game.room.time({})).seconds;
  const bytes: Uint8Array = await game.room.upload(new Uint8Array(3));

  // @ts-expect-error a name is text
  await game.room.join({ userName: 5 });
  // @ts-expect-error no such field
  await game.room.join({ name: 'Ann' });
  // @ts-expect-error 64 bits are a bigint
  await game.room.join({ id: 5 });
  // @ts-expect-error a notify has no options
  await game.room.swim({ x: 1 }, { timeout: 1 });
  // @ts-expect-error no such push
  game.on.nothing(() => {});

  game.on.newUser((member) => member.position?.x.toFixed());
  game.on.message((message) => message.message?.message);
  game.on.tick(() => game.client.close());
  console.log(seconds, bytes);
}
