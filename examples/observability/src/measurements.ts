import type { RemoteEvent } from 'sts-jwt/remote';

/** One value of an OpenTelemetry instrument: what `histogram.record(value, attributes)` or `counter.add(…)` takes. */
export interface Measurement {
  /** The name of the instrument. */
  name: string;
  /** The unit of the instrument. Durations are in seconds, as the semantic conventions of OpenTelemetry say. */
  unit: 's' | '{renewal}';
  value: number;
  attributes: Record<string, string | boolean>;
}

/**
 * Returns the measurement for an event. Its attributes have few different values: an issuer is always a configured one,
 * and error types are codes. `error.type`, `server.address` and `url.path` are names of the semantic conventions.
 */
export function measurementOf(event: RemoteEvent): Measurement {
  const attributes: Measurement['attributes'] = event.issuer ? { 'sts_jwt.issuer': event.issuer } : {};
  switch (event.type) {
    case 'verdict':
      return {
        name: 'sts_jwt.verification.duration',
        unit: 's',
        value: event.duration,
        attributes: { ...attributes, ...(event.code && { 'error.type': event.code }) },
      };
    case 'fetch':
      return {
        name: 'sts_jwt.keys.fetch.duration',
        unit: 's',
        value: event.duration,
        attributes: { ...attributes, ...addressOf(event.url), ...(event.kind && { 'error.type': event.kind }) },
      };
    case 'store':
      return {
        name: 'sts_jwt.keys.store.duration',
        unit: 's',
        value: event.duration,
        attributes: { ...attributes, 'sts_jwt.store.hit': event.hit },
      };
    case 'stale':
      return { name: 'sts_jwt.keys.stale.age', unit: 's', value: event.age, attributes };
    case 'renewal':
      return { name: 'sts_jwt.keys.renewals', unit: '{renewal}', value: 1, attributes };
  }
}

/** Returns the attributes of a URL without its query, which may contain a secret. */
function addressOf(url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  const { hostname, pathname } = new URL(url);
  return { 'server.address': hostname, 'url.path': pathname };
}
