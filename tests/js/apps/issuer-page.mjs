// Runs issuer.mjs in a page.
import { trial } from './issuer.mjs';

globalThis.trial = trial;
