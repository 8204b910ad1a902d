// What `page.evaluate()` reads of elements that it found by a selector.
interface Element {
  value: unknown;
  readonly dataset: DOMStringMap;
  focus(): void;
}
