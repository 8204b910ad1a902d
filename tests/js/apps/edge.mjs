// As Vercel's bundler leaves an edge function: a script that listens for fetch events.
import { answer } from './answer.mjs';

addEventListener('fetch', (/** @type {any} */ event) =>
  event.respondWith(event.request.text().then((text) => new Response(answer(text)))),
);
