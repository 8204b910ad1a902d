// A field for a token or a JWKS that is typed, pasted, dropped, or read from a file.

import { byId, write } from './element.js';

/** A text field with its file button and the note below it. */
export class TextField {
  readonly #area: HTMLTextAreaElement;
  readonly #noun: string;
  readonly #maxLength: number;
  readonly #changed: () => void;

  /** @param maxLength Longer text never reaches the field, because its layout would take seconds. */
  constructor(id: string, noun: string, maxLength: number, changed: () => void) {
    this.#area = byId<HTMLTextAreaElement>(id);
    this.#noun = noun;
    this.#maxLength = maxLength;
    this.#changed = changed;
    this.#area.addEventListener('input', changed);
    this.#area.addEventListener('paste', (event) => this.#paste(event));
    const file = byId<HTMLInputElement>(`${id}-file`);
    file.addEventListener('change', () => void this.#read(file.files?.[0]).then(() => (file.value = '')));
    this.#takeDrops(this.#area.closest('section')!);
  }

  get text(): string {
    return this.#area.value;
  }

  set text(text: string) {
    this.#area.value = text;
  }

  /** Sets the text, or reports that it is too long. */
  put(text: string): void {
    if (text.length > this.#maxLength) {
      this.#reject(text.length);
      return;
    }
    this.text = text;
    this.#changed();
  }

  /** Shows a note about the text. */
  tell(text: string): void {
    write(byId(`${this.#area.id}-note`), text);
  }

  focus(): void {
    this.#area.focus();
  }

  #paste(event: ClipboardEvent): void {
    const { length } = event.clipboardData?.getData('text/plain') ?? '';
    if (length <= this.#maxLength) return;
    event.preventDefault();
    this.#reject(length);
  }

  #takeDrops(section: HTMLElement): void {
    section.addEventListener('dragover', () => section.classList.add('dropping'));
    section.addEventListener('dragleave', () => section.classList.remove('dropping'));
    section.addEventListener('drop', ({ dataTransfer }) => {
      section.classList.remove('dropping');
      const text = dataTransfer?.getData('text/plain');
      if (text) this.put(text);
      else void this.#read(dataTransfer?.files[0]);
    });
  }

  async #read(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > this.#maxLength) return this.#reject(file.size);
    await file.text().then(
      (text) => this.put(text),
      () => this.tell('The file cannot be read. Is it a folder?'),
    );
  }

  #reject(size: number): void {
    const length = size < 2 ** 20 ? `${Math.round(size / 1024)} KB` : `${(size / 2 ** 20).toFixed(1)} MB`;
    this.tell(`Not loaded: ${length} is far too large for a ${this.#noun}.`);
  }
}
