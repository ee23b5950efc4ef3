import { Client } from './nano.js';

/** Messages of one sender within this many milliseconds share one name and avatar. */
const GROUP_WINDOW = 5 * 60_000;
/** Lines kept on the page. */
const LOG_LENGTH = 500;
/** Pixels from the end within which a reader counts as reading along. */
const NEAR = 64;
const NAME_KEY = 'nano-chat-name';

const byId = (id) => document.getElementById(id);
const [status, again, welcome, room, joinForm, nameInput, joinButton, joinError, members, count, log, jump, composer, text, send] = [
  'status', 'again', 'welcome', 'room', 'join-form', 'name', 'join', 'join-error', 'members', 'count', 'log', 'jump', 'composer', 'text', 'send',
].map(byId);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const client = new Client(`${scheme}://${location.host}/nano`);

let name = '';
let joined = false;
/** Who we have been: every session has its own uid, and a restarted server counts from one again. */
const selves = new Set();
const people = new Map();
/** Pushes that share a frame with the reply to `room.join` wait here for it. */
let early = [];
/** Keys of the latest messages: the history after a reconnect repeats them. */
const shown = new Set();
let lastLine = null;
let readingAlong = true;
let unread = 0;

// ---------------------------------------------------------------------------------- connection

client.onState((state, detail) => {
  if (state !== 'open') {
    joined = false;
    early = [];
  }
  again.hidden = state !== 'closed';
  if (state === 'connecting') show('connecting', 'Connecting…');
  if (state === 'reconnecting') show('reconnecting', `Reconnecting, attempt ${detail.attempt}…`);
  if (state === 'closed' && client.kicked) show('kicked', `Disconnected by the server: ${client.kicked.reason || 'no reason given'}`);
  if (state === 'closed' && !client.kicked) show('closed', 'Cannot reach the server');
  if (state === 'open' && name) enter();
  else if (state === 'open') show('online', 'Online');
});

again.addEventListener('click', () => open());

function show(state, words) {
  status.dataset.state = state;
  status.textContent = words;
  send.disabled = !joined;
}

/** Connects; a failure shows in the status. */
async function open() {
  try {
    await client.connect();
  } catch {
    return false;
  }
  return true;
}

/** Joins the room, at first and after every reconnect. */
async function enter() {
  const back = !room.hidden;
  try {
    const reply = await client.request('room.join', { name });
    joined = true;
    welcome.hidden = true;
    room.hidden = false;
    people.clear();
    for (const member of reply.members) people.set(member.uid, member.name);
    selves.add(identity(reply.uid, people.get(reply.uid)));
    renderPeople();
    for (const message of reply.history) addMessage(message, true);
    if (back) addSystem('You are back.');
    show('online', 'Online');
    for (const handle of early.splice(0)) handle();
    if (!back) text.focus();
  } catch (error) {
    // After a lost connection the next one joins again.
    if (error.code === 'disconnected') return;
    name = '';
    room.hidden = true;
    welcome.hidden = false;
    joinError.textContent = capitalize(error.message);
    show('online', 'Online');
    nameInput.focus();
  }
}

joinForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  joinError.textContent = '';
  joinButton.disabled = true;
  const wanted = nameInput.value.trim();
  if (client.state === 'closed' && !(await open())) {
    joinError.textContent = 'The server cannot be reached.';
  } else {
    name = wanted;
    remember(name);
    if (client.state === 'open') await enter();
  }
  joinButton.disabled = false;
});

// -------------------------------------------------------------------------------------- pushes

function onPush(route, handle) {
  client.on(route, (value) => {
    if (joined) handle(value);
    else early.push(() => handle(value));
  });
}

onPush('onNewUser', ({ uid, name: who }) => {
  if (people.has(uid)) return;
  people.set(uid, who);
  renderPeople();
  addSystem(`${who} joined`);
});

onPush('onLeave', ({ uid, name: who }) => {
  if (!people.delete(uid)) return;
  renderPeople();
  // The end of our own lost session is no news to us.
  if (!isSelf(uid, who)) addSystem(`${who} left`);
});

onPush('onMessage', (message) => addMessage(message, false));

// ----------------------------------------------------------------------------------------- log

/** Adds a message; one from the history only if it has not been shown before. */
function addMessage(message, fromHistory) {
  const key = `${message.uid} ${message.at} ${message.text}`;
  if (fromHistory && shown.has(key)) return;
  shown.add(key);
  if (shown.size > LOG_LENGTH) shown.delete(shown.values().next().value);
  const { uid, name: from, text: words, at } = message;
  const own = isSelf(uid, from);
  const date = new Date(at);

  const line = element('div', 'message');
  line.dataset.from = from;
  line.style.setProperty('--hue', hue(from));
  line.classList.toggle('own', own);
  line.classList.toggle('grouped', lastLine?.uid === uid && at - lastLine.at < GROUP_WINDOW);
  lastLine = { uid, at };

  const who = element('span', 'who', from);
  who.dir = 'auto';
  const time = element('time', '', date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = date.toISOString();
  time.title = date.toLocaleString();
  const meta = element('div', 'meta');
  meta.append(who, time);
  const body = element('p', 'text', words);
  body.dir = 'auto';
  body.classList.toggle('big', isEmojiOnly(words));
  line.append(avatar(from), meta, body);
  append(line, own && !fromHistory, !own && !fromHistory);
}

function addSystem(words) {
  lastLine = null;
  append(element('div', 'system', words), false, false);
}

function append(line, follow, news) {
  log.append(line);
  if (readingAlong || follow) {
    while (log.childElementCount > LOG_LENGTH) log.firstElementChild.remove();
    scrollToEnd();
  } else if (news) {
    unread += 1;
  }
  if (news && document.hidden) document.title = '● nano chat';
  renderJump();
}

function scrollToEnd() {
  log.scrollTop = log.scrollHeight;
  readingAlong = true;
  unread = 0;
}

function renderJump() {
  jump.hidden = readingAlong;
  jump.textContent = unread === 0 ? 'Latest messages ↓' : `${unread} new ${unread === 1 ? 'message' : 'messages'} ↓`;
}

log.addEventListener('scroll', () => {
  readingAlong = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  if (readingAlong) unread = 0;
  renderJump();
});

jump.addEventListener('click', () => {
  scrollToEnd();
  renderJump();
  text.focus();
});

// A keyboard that opens or a composer that grows must not hide the last line.
new ResizeObserver(() => readingAlong && scrollToEnd()).observe(log);

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) document.title = 'nano chat';
});

// ------------------------------------------------------------------------------------- members

function renderPeople() {
  count.textContent = people.size;
  const sorted = [...people].sort(([, a], [, b]) => a.localeCompare(b));
  members.replaceChildren(
    ...sorted.map(([uid, who]) => {
      const item = element('li');
      item.dataset.name = who;
      item.style.setProperty('--hue', hue(who));
      const label = element('span', 'who', who);
      label.dir = 'auto';
      label.title = who;
      item.append(avatar(who), label);
      if (isSelf(uid, who)) item.append(element('span', 'self', '(you)'));
      return item;
    }),
  );
}

// ------------------------------------------------------------------------------------ composer

composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words || !joined) return;
  try {
    await client.notify('room.message', { text: words });
  } catch {
    // The connection is going down: the words stay where they are, the status will say so.
    return;
  }
  text.value = '';
  fit();
  text.focus();
});

text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

text.addEventListener('input', fit);

function fit() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + text.offsetHeight - text.clientHeight}px`;
}

// ----------------------------------------------------------------------------------- small ones

function element(tag, className = '', words = '') {
  const made = document.createElement(tag);
  made.className = className;
  // Text, never markup: names and messages are other people's.
  made.textContent = words;
  return made;
}

function avatar(who) {
  const [{ segment } = { segment: '?' }] = new Intl.Segmenter().segment(who);
  const made = element('span', 'avatar', segment.toLocaleUpperCase());
  made.ariaHidden = 'true';
  return made;
}

function hue(who) {
  let hash = 7;
  for (const character of who) hash = (hash * 31 + character.codePointAt(0)) % 9973;
  // Steps of the golden angle keep similar names apart.
  return Math.round((hash * 137.508) % 360);
}

function isEmojiOnly(words) {
  return words.length <= 24 && /\p{Extended_Pictographic}/u.test(words) && !/[^\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f\s]/u.test(words);
}

function identity(uid, who) {
  return `${uid} ${who}`;
}

function isSelf(uid, who) {
  return selves.has(identity(uid, who));
}

function capitalize(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function remember(value) {
  try {
    localStorage.setItem(NAME_KEY, value);
  } catch {
    // Storage may be forbidden; the name is then asked for again.
  }
}

try {
  nameInput.value = localStorage.getItem(NAME_KEY) ?? '';
} catch {
  // See above.
}
open();
