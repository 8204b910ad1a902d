// Reports, for each .wasm file that this Node accepts, the total size of the WebAssembly functions that a process executes to
// parse a key set and options and to verify its first ES384 token. V8 compiles a whole function at its first call, which takes
// about 40 µs per KB, so this size is the part of a cold start that this project's code determines. The size is the same on
// every run, and no test limits it. `--functions` lists the functions and needs the package that `cargo xtask build --names` builds.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createIssuer, stsClaims } from '../tests/js/support/issuer.mjs';
import { FUSED, PLAIN } from '../tests/js/support/runtimes.mjs';

const AUDIENCE = 'https://edge.example.test';
const FIRST = 'first-token';

const [mode, entry, wasm] = process.argv.slice(2);
if (mode === FIRST) await verifyOne(entry, wasm);
else for (const file of [PLAIN, FUSED]) count(file, mode === '--functions');

async function verifyOne(entry, wasm) {
  const issuer = createIssuer();
  const token = issuer.mint('ES384', stsClaims(issuer.url, AUDIENCE, Math.floor(Date.now() / 1000)));
  const { initSync, KeySet, verify } = await import(entry);
  initSync(readFileSync(new URL(wasm)));
  verify(token, new KeySet(JSON.stringify(issuer.jwks)), { issuer: issuer.url, audience: AUDIENCE });
}

function count(file, listed) {
  const dist = new URL(listed ? '../target/pkg-named/dist/' : '../pkg/dist/', import.meta.url);
  const bytes = readFileSync(new URL(file, dist));
  if (!WebAssembly.validate(bytes)) return console.log(`This Node has no relaxed SIMD, which ${file} needs.`);
  const trace = [
    '--trace-wasm-compilation-times',
    fileURLToPath(import.meta.url),
    FIRST,
    new URL('slim.js', dist).href,
    new URL(file, dist).href,
  ];
  const output = execFileSync(process.execPath, trace, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  // One line per function: "Compiled function 0x1a2ab1a0#665 using Liftoff, took …; bodysize 146 codesize 488".
  const compiled = [...output.matchAll(/#(\d+) using Liftoff.*?; bodysize (\d+)/g)];
  const functions = compiled.map(([, index, bytes]) => ({ index: Number(index), bytes: Number(bytes) }));
  if (functions.length === 0) throw new Error('this version of Node does not print the functions it compiles');
  if (listed) list(functions, namesIn(bytes));
  const total = functions.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`The first ES384 token executes ${total} bytes of ${file} in ${functions.length} functions.`);
}

function list(functions, names) {
  for (const { index, bytes } of functions.toSorted((a, b) => b.bytes - a.bytes)) {
    console.log(`${String(bytes).padStart(6)}  ${names.get(index) ?? `#${index}`}`);
  }
}

/** Reads the function names: subsection 1 of the custom section "name" (WebAssembly core specification, §7.4.1). */
function namesIn(wasm) {
  let at = 8;
  const byte = () => wasm[at++];
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const next = byte();
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    return wasm.toString('utf8', at, (at += length));
  };
  const names = new Map();
  while (at < wasm.length) {
    const section = byte();
    const end = number() + at;
    if (section === 0 && text() === 'name') {
      while (at < end) {
        const subsection = byte();
        const subsectionEnd = number() + at;
        for (let left = subsection === 1 ? number() : 0; left > 0; left -= 1) names.set(number(), text());
        at = subsectionEnd;
      }
    }
    at = end;
  }
  return names;
}
