// The corpora's cases as any runtime runs them: plain data in, plain data out.
import { verify } from './adapter.mjs';

export const outcomesOf = (cases) => cases.map(({ token, jwks, options }) => verify(token, jwks, options));
