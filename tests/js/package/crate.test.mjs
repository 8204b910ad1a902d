// Checks the files of the crate that would be published. `make check` builds the crate from only these files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { ROOT } from '../support/paths.mjs';

const DOCUMENTS = ['CHANGELOG.md', 'LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT', 'SECURITY.md'];
/** The files in src/ that are not Rust. */
const OTHERS = ['src/README.md', 'src/crypto/p384/generator.bin', 'src/wasm/types.d.ts'];
const BY_CARGO = ['Cargo.lock', 'Cargo.toml', 'Cargo.toml.orig'];

describe('crate', () => {
  test('contains its sources and documents, and nothing else', () => {
    const command = ['package', '--list', '--allow-dirty', '--quiet'];
    const list = execFileSync('cargo', command, { cwd: ROOT, encoding: 'utf8' });
    // In a Git repository, Cargo adds a file that records the commit.
    const files = list
      .trim()
      .split('\n')
      .filter((file) => file !== '.cargo_vcs_info.json');
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
    assert.deepEqual(files.sort(), [...BY_CARGO, ...DOCUMENTS, ...sources].sort());
    assert.deepEqual(sources.filter((source) => !source.endsWith('.rs')).sort(), OTHERS);
  });
});
