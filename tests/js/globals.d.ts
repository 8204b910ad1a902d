// Properties that `page.evaluate()` reads from elements found by a selector.
interface Element {
  value: unknown;
  readonly dataset: DOMStringMap;
  focus(): void;
}
