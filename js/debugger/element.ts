// Creates elements. Text always becomes text nodes, never markup.

/** Attributes; `undefined` and `false` are omitted. Names come only from this program, never from a token. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

type Child = Node | string | undefined;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) created.setAttribute(attribute, value === true ? '' : String(value));
  }
  created.append(...children.filter((child) => child !== undefined));
  return created;
}

/** Returns the element of index.html with this ID. */
export function byId<Made extends HTMLElement = HTMLElement>(id: string): Made {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as Made;
}

/** Sets the text of an element only if the text differs, because screen readers announce every assignment. */
export function write(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

/** Makes a button copy a text to the clipboard. */
export function copies(button: HTMLElement, text: () => string): void {
  const label = button.textContent;
  button.addEventListener('click', () => {
    // Pages served over http, except from localhost, have no clipboard.
    const copied = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error('no clipboard'));
    void copied.then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed: select and copy'),
    );
    setTimeout(() => (button.textContent = label), 2000);
  });
}
