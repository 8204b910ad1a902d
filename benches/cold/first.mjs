// One fresh process: `node first.mjs <module> <JSON>` loads the module, verifies one token with it and prints the CPU
// milliseconds of both.
const [, , module, json] = process.argv;
const given = JSON.parse(json);
const before = process.cpuUsage();
const { default: verifyFirst } = await import(module);
const { jti } = await verifyFirst(given);
const { user, system } = process.cpuUsage(before);
if (jti !== given.claims.jti) throw new Error(`${module} returned other claims`);
console.log((user + system) / 1000);
