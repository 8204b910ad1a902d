// Runs in a new process: `node first.mjs <module> <JSON>` loads the module, verifies one token with it, and prints the
// CPU time of both in milliseconds.
const [, , module, json] = process.argv;
const input = JSON.parse(json);
const before = process.cpuUsage();
const { default: verifyFirst } = await import(module);
const { jti } = await verifyFirst(input);
const { user, system } = process.cpuUsage(before);
if (jti !== input.claims.jti) throw new Error(`${module} returned other claims`);
console.log((user + system) / 1000);
