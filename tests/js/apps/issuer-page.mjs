// As a page.
import { trial } from './issuer.mjs';

globalThis.trial = trial;
