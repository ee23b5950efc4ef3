import { Client } from './nano.js';

/**
 * The token of the last login. It signs in once, and every login brings the next. It is kept for this tab only: two
 * tabs that shared one would take it from each other.
 */
const TOKEN_KEY = 'nano-login-token';
const LEAST_PASSWORD = 8;

const byId = (id) => document.getElementById(id);
const [status, door, title, notice, form, name, password, rule, problem, enter, other, lounge, greeting, seen, leave, count, people, ask, pulse, report] = [
  'status', 'door', 'door-title', 'notice', 'form', 'name', 'password', 'rule', 'problem', 'enter', 'other', 'lounge', 'greeting', 'seen', 'leave', 'count', 'people', 'ask', 'pulse', 'report',
].map(byId);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const client = new Client(`${scheme}://${location.host}/nano`);

let registering = false;
let player = '';

// ---------------------------------------------------------------------------------- connection

client.onState((state, detail) => {
  if (state === 'connecting') show('connecting', 'Connecting…');
  if (state === 'reconnecting') show('reconnecting', `Reconnecting, attempt ${detail.attempt}…`);
  if (state === 'open') {
    show('online', 'Online');
    comeBack();
  }
  if (state === 'closed') {
    show('closed', 'Offline');
    // The server says why; here it is another page that signed in as the same player.
    if (client.kicked) showDoor(farewell(client.kicked.reason));
  }
});

function farewell(reason) {
  return reason === 'replaced' ? 'You signed in somewhere else, which ended the session here.' : `Signed out by the server: ${reason}`;
}

function show(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

/** Connects; a failure shows in the status. */
async function open() {
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  }
}

/** Signs in with the token of the last login, at first and after every reconnect. */
async function comeBack() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (!token) return showDoor();
  sessionStorage.removeItem(TOKEN_KEY);
  try {
    welcome(await client.request('account.resume', { token }));
  } catch (error) {
    if (error.code === 'disconnected') sessionStorage.setItem(TOKEN_KEY, token);
    else showDoor();
  }
}

// ---------------------------------------------------------------------------------- door

function showDoor(words = '') {
  player = '';
  lounge.hidden = true;
  door.hidden = false;
  notice.hidden = !words;
  notice.textContent = words;
  report.replaceChildren();
  pulse.textContent = '';
  // On a phone, the keyboard would cover half of the page.
  if (matchMedia('(hover: hover)').matches) name.focus();
}

other.addEventListener('click', () => {
  registering = !registering;
  title.textContent = registering ? 'Create an account' : 'Sign in';
  enter.textContent = registering ? 'Create account' : 'Sign in';
  other.textContent = registering ? 'I have an account' : 'I have no account yet';
  password.autocomplete = registering ? 'new-password' : 'current-password';
  // Nobody is to learn of it from a refusal.
  password.minLength = registering ? LEAST_PASSWORD : 0;
  rule.hidden = !registering;
  problem.textContent = '';
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  enter.disabled = true;
  const route = registering ? 'account.register' : 'account.login';
  try {
    // A session that another page ended is gone for good: this one begins anew.
    if (client.state === 'closed' && !(await open())) throw new Error('The server cannot be reached');
    welcome(await client.request(route, { name: name.value, password: password.value }), registering);
  } catch (error) {
    problem.textContent = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  }
  enter.disabled = false;
});

function welcome(reply, isNew = false) {
  player = reply.name;
  sessionStorage.setItem(TOKEN_KEY, reply.token);
  password.value = '';
  door.hidden = true;
  lounge.hidden = false;
  greeting.textContent = `Hello, ${reply.name}`;
  const lastSeen = new Date(reply.last_seen * 1000).toLocaleString();
  seen.textContent = isNew ? 'This is your first visit.' : `You were last seen ${lastSeen}.`;
}

// ---------------------------------------------------------------------------------- lounge

client.on('onPeople', ({ names }) => {
  count.textContent = names.length;
  people.replaceChildren(
    ...names.map((one) => {
      const item = document.createElement('li');
      item.textContent = one;
      item.classList.toggle('self', one === player);
      return item;
    }),
  );
});

leave.addEventListener('click', async () => {
  const token = sessionStorage.getItem(TOKEN_KEY);
  sessionStorage.removeItem(TOKEN_KEY);
  try {
    await client.request('account.logout', { token });
  } catch (error) {
    if (error.code !== 'disconnected') throw error;
  }
  showDoor('You are signed out.');
});

/** Asks for the report, and meanwhile for other things, which are answered at once. */
ask.addEventListener('click', async () => {
  ask.disabled = true;
  report.replaceChildren();
  const started = performance.now();
  let answers = 0;
  let waiting = true;
  const meanwhile = async () => {
    while (waiting) {
      await client.request('lounge.people');
      answers += 1;
      pulse.textContent = `${answers} other answers so far`;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const beside = meanwhile().catch(() => {});
  try {
    const { players } = await client.request('lounge.report');
    waiting = false;
    await beside;
    pulse.textContent = `It took ${((performance.now() - started) / 1000).toFixed(1)} s, with ${answers} other answers meanwhile.`;
    report.replaceChildren(
      ...players.map((one) => {
        const item = document.createElement('li');
        const visits = document.createElement('span');
        visits.textContent = one.visits;
        item.append(one.name, visits);
        return item;
      }),
    );
  } catch (error) {
    pulse.textContent = error.message;
  }
  waiting = false;
  ask.disabled = false;
});

open();
