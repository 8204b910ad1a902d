// Splits a stream of text into lines, only at line feeds. `readline` also splits at U+2028, which JSON text may contain.

/** @param {NodeJS.ReadableStream} stream */
export async function* linesOf(stream) {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}
