// Splits a stream of text into its lines, at line feeds only: JSON texts may contain U+2028, at which `readline` splits too.

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
