// Reads the .wasm without `import.meta`.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

exports.readWasm = () => readFileSync(join(__dirname, 'sts_jwt.wasm'));
