// The test app as an edge function, in the form that Vercel's builder produces: a script that listens for fetch events.
import { answer } from './answer.mjs';

addEventListener('fetch', (/** @type {any} */ event) =>
  event.respondWith(event.request.text().then((text) => new Response(answer(text)))),
);
