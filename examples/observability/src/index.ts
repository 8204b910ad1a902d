import { warmup } from 'sts-jwt';
import { authenticate } from 'sts-jwt/handler';
import { createRemoteVerifier, type RemoteEvent, type RemoteVerifier } from 'sts-jwt/remote';
import { measurementOf } from './measurements.js';
import { serverTiming } from './server-timing.js';

interface Env {
  AUDIENCE: string;
  ISSUER: string;
}

// Compile the WebAssembly code when the isolate starts instead of in the first request.
warmup();

/** The events of each request, by its `ctx`. An entry disappears together with its request. */
const eventsOf = new WeakMap<object, RemoteEvent[]>();

let verifier: RemoteVerifier | undefined;

/** Shared by all requests of an isolate, to cache the issuer's keys. */
function verifierOf({ ISSUER: issuer, AUDIENCE: audience }: Env): RemoteVerifier {
  return (verifier ??= createRemoteVerifier({
    issuer,
    audience,
    onEvent(event, call) {
      if (call) eventsOf.get(call)?.push(event);
      // One line of JSON for each event. With an OpenTelemetry SDK, record the value in a histogram instead.
      console.log(JSON.stringify(measurementOf(event)));
    },
  }));
}

export default {
  async fetch(request, env, ctx) {
    const events: RemoteEvent[] = [];
    eventsOf.set(ctx, events);
    // `authenticate()` passes `ctx` on to the verifier, which passes the same object to `onEvent`.
    const token = await authenticate(verifierOf(env), request, { realm: 'observability' }, ctx);
    const response = token instanceof Response ? token : Response.json({ principal: token?.claims.sub });
    if (events.length > 0) response.headers.set('server-timing', serverTiming(events));
    return response;
  },
} satisfies ExportedHandler<Env>;
