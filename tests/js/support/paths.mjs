import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The repository. */
export const ROOT = path('../../../');
/** Where the npm tools are installed: tests/js. */
export const TOOLS = path('../');
/** Everything that the tests and the demo write. */
export const WORK = path('../../../target/js/');
/** An empty project into which the packed tarball was installed. */
export const PROJECT = path('../../../target/js/project/');
/** Where the tools of `make test-all` alone are installed. */
export const MATRIX_TOOLS = path('../matrix/');
