// Recognises tokens in the fields of the page.

/**
 * Whether a string may contain a token: `ey`, eight or more characters of base64url, and a dot. A token may be pasted
 * into any field, and a link must not contain a token by accident.
 */
export function hasToken(text: string): boolean {
  // A single regular expression would start again at each `ey` and take quadratic time.
  const words = text.match(/[\w-]+\.?/g) ?? [];
  return words.some((word) => word.endsWith('.') && word.slice(0, -'12345678.'.length).includes('ey'));
}
