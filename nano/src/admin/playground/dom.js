// Elements, and texts in them. Names and texts come from servers and clients: they are only ever set as text.

/** Returns the element with an id. */
export const at = (id) => document.getElementById(id);

/** Makes an element. Properties are set as such; `data` and those with a dash are attributes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === 'data') Object.assign(made.dataset, value);
    else if (key.includes('-') || key === 'list' || key === 'role') made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** Makes a button that does something. */
export function button(text, onclick, properties = {}) {
  return element('button', { type: 'button', className: 'small', textContent: text, onclick, ...properties });
}

/** Replaces the children of an element. What has the focus keeps it, if it has a `data-key` that is there again. */
export function replace(parent, children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children);
  if (key !== undefined) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** Makes paragraphs of documentation in Markdown, of which only code is shown as such. */
export function prose(text) {
  return text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) => element('p', {}, ...inline(part.trim())));
}

function inline(text) {
  const parts = text.split('`');
  // Without its end, a mark is only a letter.
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 ? element('code', { textContent: part }) : part));
}
