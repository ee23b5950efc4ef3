/** Finds an element of the page, of the kind that it has to be. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

const reduced = matchMedia('(prefers-reduced-motion: reduce)');

/** Whether whoever looks at the page asked for less motion. May change at any time. */
export function lessMotion(): boolean {
  return reduced.matches;
}
