// The list of routes and pushes.

import { at, element } from './dom.js';

/** Returns the component of a route: all before its last dot. */
const componentOf = (route) => (route.includes('.') ? route.slice(0, route.lastIndexOf('.')) : '');

const firstLine = (docs) => docs.trim().split('\n')[0];

/** The list. `choose` is called with what is chosen: `{ route, isPush, .. }`. */
export class Routes {
  #items = [];
  #choose;

  constructor(choose) {
    this.#choose = choose;
    at('search').oninput = () => this.#filter();
  }

  /** Shows handlers, which the server has, and pushes, which only a manifest tells of. */
  show(handlers, pushes) {
    this.#items = [];
    const groups = new Map();
    for (const handler of handlers) {
      const name = componentOf(handler.route);
      groups.set(name, [...(groups.get(name) ?? []), handler]);
    }
    const parts = [...groups].map(([name, routes]) => this.#group(name, routes));
    if (pushes.length) parts.push(this.#group('Pushes', pushes.map((push) => ({ ...push, isPush: true }))));
    at('routes').replaceChildren(...parts);
    this.#filter();
  }

  #group(title, routes) {
    const items = routes.map((route) => this.#item(route));
    return element('section', { className: 'group' }, element('h3', { textContent: title }), element('ul', {}, ...items));
  }

  #item(route) {
    const count = element('span', { className: 'tag quiet count' });
    count.hidden = true;
    const made = element('button', { type: 'button', data: { route: route.route, push: String(Boolean(route.isPush)) }, onclick: () => this.#choose(route) },
      element('span', { className: 'route' }, element('b', { textContent: route.route }), route.kind === 'notify' ? element('span', { className: 'tag quiet', textContent: 'notify' }) : undefined, count),
      element('small', { textContent: firstLine(route.docs ?? '') }));
    const item = element('li', {}, made);
    this.#items.push({ route, item, made, count });
    return item;
  }

  #filter() {
    const wanted = at('search').value.trim().toLowerCase();
    for (const { route, item } of this.#items) item.hidden = !`${route.route} ${route.docs ?? ''}`.toLowerCase().includes(wanted);
    for (const group of at('routes').children) group.hidden = [...group.querySelectorAll('li')].every((item) => item.hidden);
    at('no-routes').hidden = this.#items.some(({ item }) => !item.hidden);
  }

  /** Marks the route that is chosen. */
  mark(route, isPush) {
    for (const { route: other, made } of this.#items) {
      made.setAttribute('aria-current', String(other.route === route && Boolean(other.isPush) === isPush));
    }
  }

  /** Finds a route by its name, handlers before pushes. */
  find(name, isPush = false) {
    const found = this.#items.filter(({ route }) => route.route === name);
    return (found.find(({ route }) => Boolean(route.isPush) === isPush) ?? found[0])?.route;
  }

  /** Shows the number of pushes on each route. */
  count(heard) {
    for (const { route, count } of this.#items) {
      if (!route.isPush) continue;
      const number = heard(route.route);
      count.hidden = !number;
      count.textContent = String(number);
    }
  }
}
