// Reads the .wasm files without `import.meta`. File tracers recognise exactly these expressions.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

exports.readPlain = () => readFileSync(join(__dirname, 'sts_jwt.wasm'));
exports.readFused = () => readFileSync(join(__dirname, 'sts_jwt.fused.wasm'));
