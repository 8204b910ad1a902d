import type { RemoteEvent } from 'sts-jwt/remote';

/**
 * Returns the value of a `Server-Timing` header: what the verifier did for a request, with durations in milliseconds.
 * Callers see this header, so it has neither URLs nor issuers.
 */
export function serverTiming(events: readonly RemoteEvent[]): string {
  return events.map(entryOf).join(', ');
}

function entryOf(event: RemoteEvent): string {
  switch (event.type) {
    case 'fetch':
      return `jwt-keys${event.kind ? `;desc="${event.kind}"` : ''};dur=${milliseconds(event.duration)}`;
    case 'store':
      return `jwt-store;desc="${event.hit ? 'hit' : 'miss'}";dur=${milliseconds(event.duration)}`;
    case 'verdict':
      return `jwt;desc="${event.code ?? 'accepted'}";dur=${milliseconds(event.duration)}`;
    case 'stale':
      return 'jwt-stale';
    case 'renewal':
      return 'jwt-renewal';
  }
}

const milliseconds = (seconds: number): string => (seconds * 1000).toFixed(1);
