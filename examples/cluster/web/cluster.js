import { Client } from './nano.js';

/** Lines kept on the page. */
const LOG_LENGTH = 300;
/** Milliseconds until the next attempt while no backend can have the room. */
const PAUSE = 500;

const byId = (id) => document.getElementById(id);
const [gate, backend, status, entrance, nameInput, roomInput, problem, chat, members, backends, log, composer, text] = [
  'gate', 'backend', 'status', 'entrance', 'name', 'room', 'problem', 'chat', 'members', 'backends', 'log', 'composer', 'text',
].map(byId);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const client = new Client(`${scheme}://${location.host}/nano`);

/** Who we are, and where: `{ name, room }`, once the form was sent. */
let wanted = null;
/** The backend that has the room, while we are in it. */
let place = '';
/** The entry that is under way. */
let entering = null;
/** Lines that were shown: a room that is entered again repeats its latest. */
let shown = [];

client.onState((state, detail) => {
  place = '';
  if (state === 'connecting') show('connecting', 'Connecting…');
  if (state === 'reconnecting') show('connecting', `Reconnecting, attempt ${detail.attempt}…`);
  if (state === 'closed') show('closed', 'Cannot reach the gate');
  if (state === 'open') watch();
});

async function watch() {
  try {
    overview(await client.request('desk.watch'));
    show('online', 'Online');
    if (wanted) enter();
  } catch (error) {
    show('closed', error.message);
  }
}

/** Enters the room, and tries again as long as no backend has it. One at a time. */
function enter() {
  entering ??= attempts().finally(() => (entering = null));
  return entering;
}

async function attempts() {
  for (let isFirst = true; ; isFirst = false) {
    try {
      const entered = await client.request('desk.enter', wanted);
      const view = await client.request('room.look');
      const was = backend.dataset.last;
      place = entered.backend;
      backend.textContent = backend.dataset.last = place;
      overview(entered.overview);
      people(view.members);
      repeat(view.lines);
      if (chat.hidden) news(`You are in the room “${wanted.room}”, which is on ${place}.`);
      else if (was !== place) news(`The room is on ${place} now.`);
      entrance.hidden = true;
      chat.hidden = false;
      return;
    } catch (error) {
      // The next connection enters again.
      if (client.state !== 'open') return;
      if (['bad_name', 'already_in_room'].includes(error.code)) {
        problem.textContent = error.message;
        wanted = null;
        return;
      }
      if (isFirst) news(`The room cannot be entered: ${error.message}. Trying again…`, true);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

entrance.addEventListener('submit', (event) => {
  event.preventDefault();
  problem.textContent = '';
  wanted = { name: nameInput.value, room: roomInput.value };
  if (client.state === 'open') enter();
});

composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  text.focus();
  try {
    await client.request('room.say', words);
  } catch (error) {
    news(`“${words}” may be lost: ${error.message}`, true);
    if (client.state === 'open') await enter();
  }
});

client.on('onNodes', (nodes) => {
  overview(nodes);
  if (!place || nodes.backends.includes(place)) return;
  news(`${place} is gone, and the room with it.`, true);
  place = '';
  backend.textContent = 'no room';
  people([]);
  enter();
});
client.on('onMembers', people);
client.on('onLine', (line) => {
  shown.push(key(line));
  if (shown.length > LOG_LENGTH) shown.shift();
  say(line);
});

function show(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

function overview(nodes) {
  gate.textContent = nodes.gate;
  backends.replaceChildren(...nodes.backends.map((name) => item(name, name === place ? 'this room' : '', true)));
}

function people(list) {
  members.replaceChildren(...list.map((member) => item(member.name, member.gate)));
}

/** A row with two texts, of which one is the name of a node. */
function item(first, second, isNode = false) {
  const row = document.createElement('li');
  const [left, right] = [first, second].map((words) => {
    const part = document.createElement('span');
    part.textContent = words;
    return part;
  });
  (isNode ? left : right).className = 'node';
  row.append(left, ...(second ? [right] : []));
  return row;
}

/** Adds the lines of a room that were not shown yet. */
function repeat(lines) {
  const keys = lines.map(key);
  const known = shown.join('\n').endsWith(keys.join('\n')) ? keys.length : 0;
  for (const line of lines.slice(known)) say(line);
  shown = keys;
}

function key(line) {
  return JSON.stringify([line.from, line.text]);
}

function say({ from, text: words }) {
  const line = document.createElement('p');
  line.className = 'line';
  const who = document.createElement('b');
  who.textContent = from;
  line.append(who, words);
  add(line);
}

function news(words, isBad = false) {
  const line = document.createElement('p');
  line.className = isBad ? 'news bad' : 'news';
  line.textContent = words;
  add(line);
}

function add(line) {
  log.append(line);
  while (log.childElementCount > LOG_LENGTH) log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
}

client.connect().catch(() => {
  // The status says so, and the client tries again.
});
