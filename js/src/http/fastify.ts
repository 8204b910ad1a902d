// `sts-jwt/fastify`: a plugin for Fastify.

import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { ownOptions } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import { checkVerifier, type TokenVerifier } from './authenticate.js';
import { decideInNode, partsOf, setAuth } from './node-request.js';
import { type ProtectOptions, readSettings } from './protect-options.js';

export type { TokenVerifier } from './authenticate.js';
export { refuse } from './handler.js';
export type { OnRefused, ProtectOptions } from './protect-options.js';
export {
  type MetadataHandler,
  type MetadataRequest,
  protectedResourceMetadata,
  type ResourceMetadata,
} from './resource-metadata.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified token. `undefined` on routes that the plugin does not protect, or if the token is optional and absent. */
    auth: VerifiedToken | undefined;
  }
}

/** The options of {@link stsJwt}. */
export interface StsJwtOptions extends ProtectOptions<FastifyRequest> {
  /** Verifies the tokens. */
  verifier: TokenVerifier;
}

/**
 * A plugin that protects all routes of the instance on which it is registered: `app.register(stsJwt, { verifier })`. Its
 * hook `onRequest` lets in only verified callers. Handlers read the token with `request.auth`. The response to any other
 * request is 401 with a challenge (RFC 6750 §3), 403, or, if the keys are unavailable, 503 with `Retry-After`. Other
 * errors are rethrown. To protect only some routes, register the plugin within a plugin that has these routes.
 *
 * If pages of other origins call your service, register `@fastify/cors` before this plugin. Otherwise a CORS preflight
 * gets a 401, because it has no token. With `optional`, preflights reach the handlers.
 *
 * If an option is invalid, the registration fails with a JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the
 * message.
 */
export const stsJwt: FastifyPluginAsync<StsJwtOptions> = Object.assign(register, {
  // The symbols of fastify-plugin. The first symbol makes Fastify apply the hook to the instance itself, not to a new scope.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'sts-jwt',
  [Symbol.for('plugin-meta')]: { name: 'sts-jwt', fastify: '5.x' },
});

export default stsJwt;

async function register(instance: FastifyInstance, options: StsJwtOptions): Promise<void> {
  const { verifier, ...others } = ownOptions(options);
  const settings = readSettings(others as ProtectOptions<never>);
  checkVerifier(verifier);
  if (!instance.hasRequestDecorator('auth')) instance.decorateRequest('auth', undefined);
  instance.addHook('onRequest', async (request, reply) => {
    const decision = await decideInNode(verifier, settings, request.raw, request);
    if (decision.isIn) {
      setAuth(request, decision.token);
      return;
    }
    // Not sent as a Response: Fastify answers a HEAD request with an error if the body is a stream.
    const { headers, body } = await partsOf(decision.response);
    reply.code(decision.response.status);
    for (const [name, value] of headers) reply.header(name, value);
    return reply.send(Buffer.from(body));
  });
}
