// The page. The build script writes ./routes.js, the typed client, from the Rust code.
import { createClient } from './routes.js';

const byId = (id) => document.getElementById(id);
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const game = createClient(`${scheme}://${location.host}/nano`);
let name = '';

function log(text) {
  const line = document.createElement('div');
  // Text, never markup: it is other people's.
  line.textContent = text;
  byId('log').append(line);
  line.scrollIntoView();
}

async function join() {
  try {
    const { members } = await game.room.join({ name });
    byId('join').hidden = true;
    byId('say').hidden = false;
    byId('text').focus();
    log(`Here now: ${members.join(', ')}`);
  } catch (error) {
    // Whoever was in comes back with the next connection.
    if (!byId('join').hidden) name = '';
    byId('status').textContent = error.message;
  }
}

game.client.onState((state, { attempt, resumed }) => {
  byId('status').textContent = state;
  // A later connection is a new session, which joins again. The first one sends what waited for it.
  if (state === 'open' && attempt > 0 && !resumed && name) join();
});
game.on.joined((who) => log(`${who} came in`));
game.on.left((who) => log(`${who} left`));
game.on.said((said) => log(`${said.name}: ${said.text}`));

byId('join').addEventListener('submit', (event) => {
  event.preventDefault();
  name = byId('name').value;
  join();
});

byId('say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (!text) return;
  byId('text').value = '';
  try {
    await game.room.say({ text });
  } catch (error) {
    byId('status').textContent = error.message;
  }
});
