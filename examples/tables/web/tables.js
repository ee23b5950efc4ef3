import { Client } from './nano.js';

const NAME_KEY = 'nano-tables-name';
const SEAT_KEY = 'nano-tables-seat';
const TITLE = document.title;
const SUITS = { S: '♠\uFE0E', H: '♥\uFE0E', D: '♦\uFE0E', C: '♣\uFE0E' };
const SUIT_NAMES = { S: 'spades', H: 'hearts', D: 'diamonds', C: 'clubs' };
const NOTICE_TIME = 4_000;

const byId = (id) => document.getElementById(id);
const [status, notice, hello, helloForm, name, lobby, greeting, quick, count, tables, none, openForm, title, isPrivate, codeForm, code] = [
  'status', 'notice', 'hello', 'hello-form', 'name', 'lobby', 'greeting', 'quick', 'count', 'tables', 'none', 'open-form', 'title', 'private', 'code-form', 'code',
].map(byId);
const [table, tableTitle, share, leave, seats, pile, pileCount, topCard, suit, news, again, start, addBot, own, prompt, pass, clock, hand, suits] = [
  'table', 'table-title', 'share', 'leave', 'seats', 'pile', 'pile-count', 'top', 'suit', 'news', 'again', 'start', 'add-bot', 'own', 'prompt', 'pass', 'clock', 'hand', 'suits',
].map(byId);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const client = new Client(`${scheme}://${location.host}/nano`);

let player = '';
/** The tables of the lobby, by id. */
// The tables that the lobby shows: some of them, if there are very many.
const LISTED = 100;
const offers = new Map();
/** The latest view of the table that this page is at. */
let view = null;
/** The table that this page has left, whose last view may still be on its way. */
let left = null;

function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

// ---------------------------------------------------------------------------------- connection

client.onState((state, detail) => {
  if (state === 'connecting') show('connecting', 'Connecting…');
  if (state === 'reconnecting') show('reconnecting', `Reconnecting, attempt ${detail.attempt}…`);
  if (state === 'closed') show('closed', 'Offline');
  if (state === 'open') {
    show('online', 'Online');
    // In the same session there is nothing to do: what was missed is on its way.
    if (!detail.resumed) begin(detail.attempt > 0 && view !== null);
  }
});

function show(state, words) {
  status.dataset.state = state;
  status.textContent = words;
}

let noticeTimer;
function tell(words) {
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (notice.hidden = true), NOTICE_TIME);
}

/** Sends a request, and tells the player why it failed. Returns true if it did not. */
async function ask(route, body) {
  try {
    await client.request(route, body);
    return true;
  } catch (error) {
    // The next view corrects the page.
    if (error.code !== 'not_your_turn') tell(error.message.charAt(0).toUpperCase() + error.message.slice(1));
    return false;
  }
}

function go(place) {
  if (place !== 'table') document.title = TITLE;
  document.body.dataset.place = place;
  for (const section of [hello, lobby, table]) section.hidden = section.id !== place;
}

/** A new session: it has no name yet, and no seat. */
async function begin(hadSeat) {
  view = null;
  player = sessionStorage.getItem(NAME_KEY) ?? '';
  if (!player || !(await ask('lobby.hello', { name: player }))) {
    go('hello');
    // On a phone, the keyboard would cover half of the page.
    if (matchMedia('(hover: hover)').matches) name.focus();
    return;
  }
  if (await sitAgain()) return;
  if (hadSeat) tell('You were away for too long: a bot has your seat.');
  await enterLobby();
}

/** Sits down where this tab had a seat before it was loaded again, or away for too long: a bot has kept it. */
async function sitAgain() {
  const kept = JSON.parse(sessionStorage.getItem(SEAT_KEY));
  sessionStorage.removeItem(SEAT_KEY);
  if (!kept || location.hash) return false;
  try {
    if (kept.code) await client.request('lobby.accept', { code: kept.code });
    else await client.request('lobby.join', { table: kept.table, watches: false });
    return true;
  } catch {
    // The table has closed, or others have its seats.
    return false;
  }
}

helloForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  const typed = name.value.trim();
  if (!(await ask('lobby.hello', { name: typed }))) return;
  player = typed;
  sessionStorage.setItem(NAME_KEY, typed);
  await enterLobby();
});

// ---------------------------------------------------------------------------------- lobby

async function enterLobby() {
  view = null;
  greeting.textContent = `Hello, ${player}`;
  const invitation = location.hash.slice(1);
  if (invitation) {
    history.replaceState(null, '', location.pathname);
    if (await ask('lobby.accept', { code: invitation })) return;
  }
  try {
    const list = await client.request('lobby.visit');
    left = null;
    if (view) return;
    offers.clear();
    update(list);
    go('lobby');
  } catch (error) {
    if (error.code !== 'disconnected') tell(error.message);
  }
}

client.on('onTables', update);

function update({ shown, gone }) {
  for (const id of gone) offers.delete(id);
  for (const offer of shown) {
    if (offers.has(offer.table) || offers.size < LISTED) offers.set(offer.table, offer);
  }
  const sorted = [...offers.values()].sort((a, b) => a.is_playing - b.is_playing || a.table - b.table);
  count.textContent = sorted.length;
  none.hidden = sorted.length > 0;
  tables.replaceChildren(...sorted.map(row));
}

function row(offer) {
  const item = make('li');
  const about = make('div');
  const heading = make('strong', '', offer.title);
  heading.prepend(make('span', offer.is_playing ? 'dot playing' : 'dot'));
  const watchers = offer.spectators ? ` · ${offer.spectators} watching` : '';
  const people = offer.players.join(', ') || 'nobody yet';
  about.append(heading, make('p', 'who', `${offer.is_playing ? 'Playing' : 'Waiting'}: ${people}${watchers}`));
  const sit = make('button', 'quiet', 'Sit down');
  sit.disabled = offer.free === 0;
  sit.addEventListener('click', () => ask('lobby.join', { table: offer.table, watches: false }));
  const watch = make('button', 'quiet', 'Watch');
  watch.addEventListener('click', () => ask('lobby.join', { table: offer.table, watches: true }));
  item.append(about, sit, watch);
  return item;
}

quick.addEventListener('click', () => ask('lobby.quick'));

openForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await ask('lobby.open', { title: title.value, is_private: isPrivate.checked })) openForm.reset();
});

codeForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await ask('lobby.accept', { code: code.value })) codeForm.reset();
});

// ---------------------------------------------------------------------------------- table

client.on('onClosed', () => {
  sessionStorage.removeItem(SEAT_KEY);
  tell('The table has closed.');
  enterLobby();
});

client.on('onTable', (next) => {
  if (next.table === left) return;
  const isNewTop = view?.top !== next.top;
  view = next;
  const { you, phase, turn } = view;
  const isMine = turn !== null && turn === you;
  if (document.body.dataset.place !== 'table') go('table');
  document.title = isMine ? `Your turn · ${TITLE}` : TITLE;
  if (you !== null) sessionStorage.setItem(SEAT_KEY, JSON.stringify({ table: view.table, code: view.code }));
  if (!isMine && suits.open) suits.close();

  table.dataset.moves = view.moves;
  tableTitle.textContent = view.title;
  share.hidden = !view.code;
  share.textContent = `Link · ${view.code}`;
  leave.textContent = you === null ? 'Stop watching' : 'Leave';

  // The others, in the order in which they play after this one.
  const order = view.seats.map((_, seat) => (seat + (you ?? -1) + 1) % view.seats.length);
  seats.replaceChildren(...order.filter((seat) => seat !== you).map(seatOf));

  pile.hidden = topCard.hidden = phase === 'waiting';
  pileCount.textContent = view.pile;
  pile.disabled = !view.can_draw;
  pile.classList.toggle('ready', view.can_draw && view.playable.length === 0);
  if (isNewTop) topCard.replaceChildren(...(view.top ? [face(view.top)] : []));
  topCard.setAttribute('aria-label', view.top ? `On top: ${spoken(view.top)}` : '');
  suit.hidden = phase !== 'playing' || view.top[1] === view.suit;
  suit.textContent = SUITS[view.suit] ?? '';
  suit.classList.toggle('red', 'HD'.includes(view.suit));
  news.textContent = newsOf();
  again.hidden = phase === 'playing' || you === null;
  start.disabled = view.seats.length < 2;
  addBot.disabled = view.seats.length === 4;

  own.classList.toggle('turn', isMine);
  prompt.textContent = promptOf(isMine);
  pass.hidden = !view.can_pass;
  pass.textContent = view.playable.length ? 'Keep it' : 'Pass';
  hand.replaceChildren(...view.hand.toSorted(bySuit).map(ownCard));
  hand.hidden = you === null;
  wind();
});

function seatOf(number) {
  const seat = view.seats[number];
  const item = make('li');
  item.classList.toggle('turn', view.turn === number);
  item.classList.toggle('away', seat.is_away);
  item.classList.toggle('won', view.winner === number);
  const backs = make('div', 'backs');
  backs.append(...Array.from({ length: Math.min(seat.cards, 12) }, () => make('i')));
  const cards = view.phase === 'waiting' ? 'ready' : seat.cards === 1 ? 'last card!' : `${seat.cards} cards`;
  const notes = [view.phase === 'playing' && seat.cards === 0 ? 'next game' : cards];
  if (seat.is_bot) notes.unshift('bot');
  if (seat.is_away) notes.unshift('away');
  if (seat.wins) notes.push(`★${seat.wins}`);
  item.append(make('p', 'name', seat.name), backs, make('p', 'note', notes.join(' · ')));
  return item;
}

function nameOf(seat) {
  return seat === view.you ? 'You' : view.seats[seat]?.name ?? 'Somebody';
}

function newsOf() {
  if (view.phase === 'waiting') return view.seats.length < 2 ? 'Waiting for another player…' : 'The game begins soon…';
  if (view.phase === 'over') return `${nameOf(view.winner)} won!`;
  if (!view.deed) return 'The cards are dealt.';
  const { seat, did, card, is_late: isLate } = view.deed;
  const words = { played: `played ${card && glyphs(card)}`, drew: 'drew a card', passed: 'passed' }[did];
  const effect = { 2: ' · next draws two', 8: ` · ${SUITS[view.suit]} now`, Q: ' · next is skipped' }[card?.[0]] ?? '';
  return `${nameOf(seat)} ${words}${effect}${isLate ? ' (time was up)' : ''}`;
}

function promptOf(isMine) {
  if (view.you === null) return 'You are watching.';
  if (view.phase === 'waiting') return 'You have a seat.';
  if (view.phase === 'over') return 'The next game begins soon.';
  if (!isMine) return view.hand.length ? `${nameOf(view.turn)} is thinking…` : 'You play from the next game on.';
  if (view.playable.length && view.can_pass) return 'It fits: play it, or keep it.';
  if (view.playable.length) return 'Your turn: play a card, or draw.';
  return view.can_draw ? 'Your turn: nothing fits, draw.' : 'Your turn: nothing to draw, pass.';
}

/** Lets the bar run down until the turn ends, or the wait for the next game. */
function wind() {
  for (const animation of clock.getAnimations()) animation.cancel();
  if (view.left === null) return;
  clock.animate([{ transform: `scaleX(${view.left / view.limit})` }, { transform: 'scaleX(0)' }], { duration: view.left, fill: 'forwards' });
}

// ---------------------------------------------------------------------------------- cards

const rankOf = (card) => (card[0] === 'T' ? '10' : card[0]);
const glyphs = (card) => `${rankOf(card)}${SUITS[card[1]]}`;
const RANKS = 'A23456789TJQK';

function spoken(card) {
  const rank = { A: 'ace', J: 'jack', Q: 'queen', K: 'king' }[card[0]] ?? rankOf(card);
  return `${rank} of ${SUIT_NAMES[card[1]]}`;
}

function bySuit(a, b) {
  return 'SHCD'.indexOf(a[1]) - 'SHCD'.indexOf(b[1]) || RANKS.indexOf(a[0]) - RANKS.indexOf(b[0]);
}

function face(card, tag = 'div') {
  const element = make(tag, 'HD'.includes(card[1]) ? 'face red' : 'face');
  const corner = make('span', 'corner', rankOf(card));
  corner.append(document.createElement('br'), SUITS[card[1]]);
  element.append(corner, make('span', 'pip', SUITS[card[1]]));
  element.dataset.card = card;
  return element;
}

function ownCard(card) {
  const element = face(card, 'button');
  element.type = 'button';
  element.setAttribute('aria-label', spoken(card));
  element.disabled = !view.playable.includes(card);
  element.addEventListener('click', () => play(card));
  return element;
}

async function play(card) {
  const named = card[0] === '8' ? await askSuit() : null;
  if (card[0] === '8' && !named) return;
  await ask('table.play', { card, suit: named });
}

/** Resolves with the letter of a suit, or with nothing if the player thought better of it. */
function askSuit() {
  suits.returnValue = '';
  suits.showModal();
  return new Promise((resolve) => suits.addEventListener('close', () => resolve(suits.returnValue), { once: true }));
}

suits.addEventListener('click', (event) => {
  if (event.target === suits) suits.close();
});
pile.addEventListener('click', () => ask('table.draw'));
pass.addEventListener('click', () => ask('table.pass'));
start.addEventListener('click', () => ask('table.start'));
addBot.addEventListener('click', () => ask('table.add_bot'));
leave.addEventListener('click', async () => {
  left = view.table;
  sessionStorage.removeItem(SEAT_KEY);
  await ask('table.quit');
  enterLobby();
});
share.addEventListener('click', async () => {
  const link = `${location.origin}/#${view.code}`;
  try {
    await navigator.clipboard.writeText(link);
    tell('The link is copied.');
  } catch {
    // Browsers may refuse, such as on pages without TLS.
    tell(link);
  }
});

client.connect().catch(() => {});
