// Runs the cases of the corpora in any runtime, with plain data as input and output.
import { verify } from './adapter.mjs';

export const outcomesOf = (cases) => cases.map(({ token, jwks, options }) => verify(token, jwks, options));
