import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The repository. */
export const ROOT = path('../../../');
/** Where the npm tools are installed: tests/js. */
export const TOOLS = path('../');
/** The folder for everything that the tests and the demo write. */
export const WORK = path('../../../target/js/');
/** A project in which only the packed tarball is installed. */
export const PROJECT = path('../../../target/js/project/');
/** Where the tools used only by `make test-all` are installed. */
export const MATRIX_TOOLS = path('../matrix/');
