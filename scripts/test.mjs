// `make test`: runs all steps, passes their output on, and prints one line with the totals. Exits with 1 unless everything
// passed. With `--all` (`make test-all`), also runs cargo-deny, the newest compiler, Miri, and the whole matrix of runtimes and
// bundlers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { corpusFiles } from '../tests/js/support/corpora.mjs';
import { CURRENT_NODE, programOf } from '../tests/js/support/runtimes.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// The matrix is a separate step with separate tools.
const tests = readdirSync('tests/js', { withFileTypes: true })
  .filter((each) => each.isDirectory() && !['node_modules', 'matrix'].includes(each.name))
  .flatMap(({ name }) => readdirSync(`tests/js/${name}`, { recursive: true }).map((file) => `tests/js/${name}/${file}`))
  .filter((file) => file.endsWith('.test.mjs'))
  .sort();
const shared = '../shared/corpora';
const all = process.argv.includes('--all');

// Patterns that find the numbers of passed and failed tests in the output of a step. A step without patterns changes the
// totals only if it fails.
const CARGO = { passed: /^test result: .* (\d+) passed/, failed: /^test result: .* (\d+) failed/ };
const NODE = { passed: /^ℹ pass (\d+)/, failed: /^ℹ (?:fail|cancelled) (\d+)/ };
const DEMO = { passed: /^All (\d+) checks/, failed: /^(\d+) of \d+ checks failed/ };
const FUZZ = { passed: /^(\d+) fuzz targets passed/, failed: /^(\d+) fuzz target failed/ };
const DENY = { passed: /^(\d+) dependency checks passed/, failed: /^(\d+) dependency check failed/ };
const MIRI = { passed: /^(\d+) tests passed under Miri/, failed: /^test result: .* (\d+) failed/ };
const MATRIX = { passed: /^matrix: (\d+) cells passed/, failed: /^matrix: (\d+) cells failed/ };
const CORPUS = { passed: /^totals: .*"pass":(\d+)/, failed: /^totals: .*"mismatch":(\d+)/ };

/**
 * Returns the step that runs the Rust tests as WebAssembly. With relaxed SIMD, they test the fused kernels; with simd128, the
 * vector kernels; with neither, the scalar replacements.
 */
function wasm(name, flags, program = 'node') {
  const env = {
    CARGO_TARGET_WASM32_WASIP1_RUNNER: `${program} --no-warnings ${process.cwd()}/scripts/wasi.mjs`,
    CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS: flags,
  };
  const run = 'cargo test --target wasm32-wasip1 --no-fail-fast --lib --test rules --test corpora';
  return { name: `Rust tests as WebAssembly, ${name}`, run, env, counts: CARGO };
}

// If a `needed` step fails, the following steps are skipped. The steps of an inner list run concurrently, because each of
// them leaves a core idle for a while; their output is printed when they end.
/** @type {any[]} */
const steps = [
  { name: 'a Chromium for the browser tests', run: 'scripts/browser chromium', needed: true },
  { name: 'formatting and lints', run: 'make --no-print-directory check' },
  { name: 'the core without std', run: 'cargo build --no-default-features --target thumbv7em-none-eabi' },
  [
    { name: 'Rust tests', run: 'cargo test --workspace --no-fail-fast', counts: CARGO },
    // Node 20 has no relaxed SIMD.
    wasm('with relaxed SIMD', '-Ctarget-feature=+simd128,+relaxed-simd', programOf(`node${CURRENT_NODE}`)),
    wasm('with simd128', '-Ctarget-feature=+simd128'),
    wasm('without simd128', ''),
    { name: 'fuzzing, if a nightly toolchain is installed', run: 'scripts/fuzz 10', counts: FUZZ },
  ],
  { name: 'the npm package', run: 'make --no-print-directory build', needed: true },
  { name: "the crate's own bindings", run: 'cargo xtask bindings --target nodejs' },
  { name: 'npm pack and npm install', run: 'node tests/js/support/install.mjs', needed: true },
  {
    name: 'runtimes, bundlers, types',
    // The longest test takes a minute. With the timeout, a test that hangs fails instead of blocking the run.
    run: `node --no-warnings --test --test-timeout=600000 --test-reporter=spec ${tests.join(' ')}`,
    counts: NODE,
  },
  { name: 'the demo', run: 'node examples/demo/demo.mjs', counts: DEMO },
  ...(all
    ? [
        {
          name: 'licences, sources and advisories of the dependencies (cargo-deny)',
          run: 'scripts/deny',
          counts: DENY,
        },
        { name: 'Rust tests with the newest stable compiler', run: 'scripts/newest-rust', counts: CARGO },
        { name: 'the parsers under Miri', run: 'scripts/miri', counts: MIRI },
        { name: 'the matrix', run: 'node --no-warnings tests/js/matrix/run.mjs', counts: MATRIX },
        {
          name: 'examples/next-edge',
          run: 'node --test --test-reporter=spec tests/js/matrix/next/next.test.mjs',
          counts: NODE,
        },
      ]
    : []),
  ...(existsSync(shared)
    ? [
        {
          name: 'the JWT corpora with their own runner',
          run: `node ${shared}/run.mjs tests/js/corpus/adapter.mjs ${corpusFiles().join(' ')}`,
          counts: CORPUS,
        },
      ]
    : []),
];

const total = { passed: 0, failed: 0 };
const broken = [];
if (process.stdout.isTTY) process.env.CARGO_TERM_COLOR ??= 'always';
for (const step of steps) {
  const together = [step].flat();
  if (together.length > 1) console.log(`\n--- concurrently: ${together.map(({ name }) => name).join('; ')}`);
  const good = await Promise.all(together.map((each) => take(each, { live: together.length === 1 })));
  if (step.needed && !good[0]) break;
}
if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Runs one step and prints the result. With `live`, its output is passed on immediately. */
async function take(step, { live }) {
  const started = Date.now();
  const head = `\n--- ${step.name}: ${step.run}`;
  if (live) console.log(head);
  const { passed, failed, status, output } = await execute(step, { live });
  if (!live) console.log(`${head}\n${output}`);
  const good = status === 0 && failed === 0;
  total.passed += passed;
  total.failed += failed || (good ? 0 : 1);
  if (!good) broken.push(step.name);
  console.log(`--- ${step.name}: ${good ? 'passed' : 'FAILED'}, ${Math.round((Date.now() - started) / 1000)} s`);
  return good;
}

/** Runs one step, passes on or collects its output, and counts its tests. */
async function execute({ run, counts, env }, { live }) {
  /** @type {any[]} */
  const stdio = ['ignore', 'pipe', live ? 'inherit' : 'pipe'];
  const child = spawn(run, { shell: true, env: { ...process.env, ...env }, stdio });
  const sum = { passed: 0, failed: 0 };
  const lines = [];
  child.stderr?.on('data', (chunk) => lines.push(String(chunk).trimEnd()));
  let hasCounts = counts === undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (live) console.log(line);
    else lines.push(line);
    for (const outcome of Object.keys(counts ?? {})) {
      const number = counts[outcome].exec(line)?.[1];
      if (number === undefined) continue;
      sum[outcome] += Number(number);
      hasCounts = true;
    }
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  // A step that has patterns, but whose output matches none of them, has failed, whatever its exit status is.
  return { ...sum, status: hasCounts ? child.exitCode : 1, output: lines.join('\n') };
}
