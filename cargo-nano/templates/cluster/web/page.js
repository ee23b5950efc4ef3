// The page. The build script writes ./routes.js, the typed client, from the Rust code.
import { createClient } from './routes.js';

/** Milliseconds until the next attempt to enter while no backend can have the room. */
const PAUSE = 1000;

const byId = (id) => document.getElementById(id);
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const game = createClient(`${scheme}://${location.host}/nano`);
/** Who enters, and where to, once the form was sent. */
let wanted = null;
/** The node that has the room. */
let node = '';
/** The entry that is under way: there is one at a time. */
let entry = null;

const tell = (text) => (byId('status').textContent = text);

function log(text) {
  const line = document.createElement('div');
  // Text, never markup: it is other people's.
  line.textContent = text;
  byId('log').append(line);
  line.scrollIntoView();
}

/** Enters the room, and tries again as long as no backend can have it. */
function enter() {
  entry ??= attempts().finally(() => (entry = null));
  return entry;
}

async function attempts() {
  while (wanted && game.client.state === 'open') {
    try {
      await game.desk.enter(wanted);
      await game.room.look();
      tell('open');
      byId('enter').hidden = true;
      byId('view').hidden = byId('say').hidden = false;
      byId('text').focus();
      return;
    } catch (error) {
      tell(error.message);
      if (error.code === 'bad_name') {
        wanted = null;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

game.client.onState((state, { resumed }) => {
  tell(state);
  // Each connection but one that goes on with the last is a new session, which enters again.
  if (state === 'open' && !resumed) enter();
});

game.on.view((view) => {
  if (node !== view.node) log(`The room is on ${view.node}.`);
  node = view.node;
  byId('view').textContent = `${wanted?.room} on ${node}: ${view.members.join(', ')}`;
});

// The gate tells it when the node of the room is gone.
game.client.on('nano.room_lost', () => {
  log(`${node} is gone, and the room with it.`);
  node = '';
  enter();
});

game.on.said((said) => log(`${said.name}: ${said.text}`));

byId('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  wanted = { name: byId('name').value, room: byId('room').value };
  enter();
});

byId('say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (!text) return;
  byId('text').value = '';
  try {
    await game.room.say(text);
  } catch (error) {
    tell(error.message);
    // It may have been said, so it is not said again.
    enter();
  }
});
