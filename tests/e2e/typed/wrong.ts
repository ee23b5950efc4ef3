// Never run: `tsc` fails if one of these mistakes is none to it.
import type { Game as Json } from '../../typed/json/client/gen/routes.js';
import { createClient } from '../../typed/json/client/gen/routes.js';
import { Team } from '../../typed/protobuf/client/gen/arena_pb.js';
import type { Game as Protobuf } from '../../typed/protobuf/client/gen/routes.js';
import type { Game as Javascript } from '../../typed/protobuf/client/js/routes.js';

export async function json(game: Json): Promise<void> {
  // @ts-expect-error a field is missing
  await game.hall.enter({ volume: 5 });
  // @ts-expect-error a field is of another type
  await game.hall.enter({ name: 5 });
  // @ts-expect-error there is no such field
  await game.hall.enter({ name: 'Ann', age: 5 });
  // @ts-expect-error there is no such variant
  await game.hall.enter({ name: 'Ann', hat: 'crown' });
  // @ts-expect-error an optional field is left out, and not undefined
  await game.hall.enter({ name: 'Ann', volume: undefined });
  // @ts-expect-error the payload is missing
  await game.hall.enter();
  // @ts-expect-error the payload is a text
  await game.hall.say({ text: 'hello' });
  // @ts-expect-error there is no payload
  await game.hall.leave({ name: 'Ann' });
  // @ts-expect-error a notify has no options, since nothing is waited for
  await game.hall.whisper('psst', { timeout: 5 });
  // @ts-expect-error there is no such option
  await game.hall.leave({ timeOut: 5 });
  // @ts-expect-error there is no such route
  await game.hall.enterr({ name: 'Ann' });
  // @ts-expect-error there is no such component
  await game.hell.enter({ name: 'Ann' });
  // @ts-expect-error there is no such component below this one
  await game.connector.exitHandler.entry({ name: 'Ann' });
  // @ts-expect-error a group is no handler
  await game.connector.entryHandler({ name: 'Ann' });
  // @ts-expect-error there is no such push
  game.on.shouted(() => {});
  // @ts-expect-error what the listener takes is not what is pushed
  game.on.said((text: string) => text);
  // @ts-expect-error a visitor has no such field
  game.on.entered(({ age }) => age);
  // @ts-expect-error nothing comes with it
  game.on.waved((message: string) => message);
  // @ts-expect-error there is no such field in the reply
  (await game.hall.enter({ name: 'Ann' })).me;
  // @ts-expect-error the reply is no text
  (await game.hall.enter({ name: 'Ann' })).toUpperCase();
  // @ts-expect-error the reply has no value
  (await game.hall.leave()).name;
  // @ts-expect-error an id may be a bigint
  const id: number = (await game.hall.enter({ name: 'Ann' })).you.id;
  // @ts-expect-error there may be no hat
  (await game.hall.enter({ name: 'Ann' })).you.hat.length;
  // @ts-expect-error a list may be shorter
  (await game.hall.enter({ name: 'Ann' })).others[0].name;
  // @ts-expect-error it is a promise
  game.hall.enter({ name: 'Ann' }).you;
  // @ts-expect-error bytes are no text
  await game.echo.rawBytes('bytes');
  // @ts-expect-error a number of 64 bits is no text
  await game.echo.nextNumber('5');
  // @ts-expect-error nothing is null, not undefined
  await game.echo.maybe(undefined);
  // @ts-expect-error the items are of another type
  await game.echo.allPages({ items: ['text'] });
  // @ts-expect-error the flattened fields are missing
  await game.echo.bag({ weight: 1 });
  // @ts-expect-error it went with the last release
  await game.shop.barter('an egg');
  // @ts-expect-error the dictionary is the client's own
  createClient('ws://localhost', { dictionary: { version: '', codes: {} } });
  // @ts-expect-error properties are not to be replaced
  game.hall = game.hall;

  const { shapes } = await game.echo.shapes({
    // @ts-expect-error a circle has a radius
    shapes: ['Circle'],
    // @ts-expect-error a variant's fields are its own
    events: [{ kind: 'quiet', toX: 1 }],
    // @ts-expect-error the content is of another variant
    steps: [{ t: 'Go', c: { by: 1 } }],
    // @ts-expect-error no variant is a boolean
    values: [true],
    // @ts-expect-error no shape
    by_name: { a: 'Square' },
    by_number: {},
    // @ts-expect-error a pair has two parts
    pair: [1],
    unit: null,
  });
  for (const shape of shapes) {
    // @ts-expect-error only a circle has a radius
    shape.Circle;
  }
  console.log(id);
}

export async function protobuf(game: Protobuf, other: Javascript): Promise<void> {
  // @ts-expect-error a field is of another type
  await game.arena.enter({ name: 5 });
  // @ts-expect-error there is no such field
  await game.arena.enter({ name: 'Ann', age: 5 });
  // @ts-expect-error a team is no text
  await game.arena.enter({ name: 'Ann', team: 'TEAM_RED' });
  // @ts-expect-error the payload is missing
  await game.arena.enter();
  // @ts-expect-error the payload is a message
  await game.arena.shout('hello');
  // @ts-expect-error 64 bits are a bigint
  await game.arena.echo({ signed: 5 });
  // @ts-expect-error a oneof says which of its fields is set
  await game.arena.echo({ word: 'hello' });
  // @ts-expect-error the value is of another field
  await game.arena.echo({ choice: { case: 'count', value: 'five' } });
  // @ts-expect-error the value is of another type
  await game.arena.echo({ byName: { a: 'text' } });
  // @ts-expect-error the inner field is of another type
  await game.arena.echo({ inners: [{ inner: { text: 5 } }] });
  // @ts-expect-error bytes are no message
  await game.arena.rawBytes({});
  // @ts-expect-error a notify has no options, since nothing is waited for
  await game.arena.mutter({ text: 'psst' }, { timeout: 5 });
  // @ts-expect-error there is no such route
  await game.arena.leave();
  // @ts-expect-error there is no such component
  await game.hall.enter({ name: 'Ann' });
  // @ts-expect-error there is no such push
  game.on.said(() => {});
  // @ts-expect-error what the listener takes is not what is pushed
  game.on.shouted((text: string) => text);
  // @ts-expect-error nothing comes with it
  game.on.bowed((message: string) => message);
  // @ts-expect-error a message that is not there is undefined
  (await game.arena.enter({ name: 'Ann', team: Team.RED })).you.name;
  // @ts-expect-error there is no such field in the reply
  (await game.arena.enter({ name: 'Ann' })).me;
  // @ts-expect-error which field is set is not known
  (await game.arena.echo({})).choice.value.length;
  // @ts-expect-error the reply has no value
  (await game.arena.shout({ text: 'hello' })).text;

  // @ts-expect-error a field is of another type, in JavaScript's declarations as well
  await other.arena.enter({ name: 5 });
  // @ts-expect-error there is no such route
  await other.arena.leave();
  // @ts-expect-error what the listener takes is not what is pushed
  other.on.shouted((text: string) => text);
  // @ts-expect-error there is no such field in the reply
  (await other.arena.enter({ name: 'Ann' })).me;
}
