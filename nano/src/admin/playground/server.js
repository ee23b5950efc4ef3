// The admin page's own server: what it tells of the app.

/** The key under which the admin page keeps its token, as long as the tab is open. */
const KEY = 'nano-admin-token';
const PATIENCE = 10_000;

/** The path of the admin page, which may be mounted below any. */
export const base = new URL('..', location.href).pathname;

/** The server asks for another token. */
export class Locked extends Error {}

let token = sessionStorage.getItem(KEY) ?? '';

export const hasToken = () => token !== '';

/** Uses a token from now on, and keeps it once it has been accepted. */
export function unlock(given) {
  token = given;
}

export function lock() {
  token = '';
  sessionStorage.removeItem(KEY);
}

async function read(path) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(base + path, { headers, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  if (response.status === 401) throw new Locked();
  if (!response.ok) throw new Error((await response.text()).trim() || `status ${response.status}`);
  return response.json();
}

/** Reads what the server tells of the app: its addresses, dictionary, manifest, and routes with their policies. */
export async function readApp() {
  const [app, rules] = await Promise.all([read('playground/app'), read('routes')]);
  if (token) sessionStorage.setItem(KEY, token);
  return { ...app, rules, urls: app.urls.map(reachable) };
}

/** The address of a listener as this browser reaches it: one on all addresses is where this page is. */
function reachable(url) {
  const it = new URL(url);
  if (['0.0.0.0', '[::]'].includes(it.hostname)) it.hostname = location.hostname;
  return it.href;
}
