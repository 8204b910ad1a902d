// Runs in a new process: `node first.mjs <module> <JSON>` loads the module and verifies one token with it. Prints as JSON how long
// this took, in milliseconds: CPU time of the main thread, CPU time of all threads, and elapsed time.
const [, , module, json] = process.argv;
const input = JSON.parse(json);
const start = performance.now();
const before = [process.threadCpuUsage(), process.cpuUsage()];
const { default: verifyFirst } = await import(module);
const { jti } = await verifyFirst(input);
const wall = performance.now() - start;
const [main, cpu] = [process.threadCpuUsage(before[0]), process.cpuUsage(before[1])].map(
  ({ user, system }) => (user + system) / 1000,
);
if (jti !== input.claims.jti) throw new Error(`${module} returned other claims`);
console.log(JSON.stringify({ main, cpu, wall }));
