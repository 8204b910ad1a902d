// `sts-jwt/express`: middleware for Express and every other server with `(req, res, next)`.

import { errorOf } from '../core/shared.js';
import type { VerifiedToken } from '../core/types.js';
import { checkVerifier, type TokenVerifier } from './authenticate.js';
import { decideInNode, type NodeRequest, partsOf, setAuth } from './node-request.js';
import { type ProtectOptions, readSettings } from './protect-options.js';
import { protectedResourceMetadata as createMetadata, type ResourceMetadata } from './resource-metadata.js';

export type { TokenVerifier } from './authenticate.js';
export { refuse } from './handler.js';
export type { NodeRequest } from './node-request.js';
export type { OnRefused, ProtectOptions } from './protect-options.js';
export type { ResourceMetadata } from './resource-metadata.js';

/** A request to which {@link stsJwt} has added the verified token. */
export interface Authenticated {
  /** The verified token. `undefined` if the token is optional and absent. */
  auth?: VerifiedToken | undefined;
}

/** The parts of Node's `http.ServerResponse` that are used. */
export interface NodeResponse {
  /** Set to the status of the response. */
  statusCode: number;
  /** Called for each header of the response. */
  setHeader(name: string, value: string | readonly string[]): unknown;
  /** Called with the body of the response. */
  end(body?: Uint8Array): unknown;
}

/** Middleware of Express, Connect and similar servers. */
export type Middleware<Incoming extends NodeRequest = NodeRequest> = (
  req: Incoming,
  res: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/**
 * Returns middleware that calls `next()` only for verified callers, with the token in `req.auth`. The response to any other
 * request is 401 with a challenge (RFC 6750 §3), 403, or, if the keys are unavailable, 503 with `Retry-After`. Other
 * errors are passed to `next()`.
 *
 * In TypeScript, declare the parameter of your handlers as `Request & Authenticated`, or add the member to every request
 * of your program: `declare global { namespace Express { interface Request { auth?: VerifiedToken } } }`.
 *
 * If pages of other origins call your service, put `cors()` before this middleware. Otherwise a CORS preflight gets a
 * 401, because it has no token. With `optional`, preflights reach the handlers.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the option in the message, for every mistake in the options.
 */
export function stsJwt<Incoming extends NodeRequest = NodeRequest>(
  verifier: TokenVerifier,
  options?: ProtectOptions<Incoming>,
): Middleware<Incoming> {
  const settings = readSettings(options);
  checkVerifier(verifier);
  return async (req, res, next) => {
    try {
      const decision = await decideInNode(verifier, settings, req, req);
      if (!decision.isIn) return await send(decision.response, res);
      setAuth(req, decision.token);
    } catch (error) {
      // Express takes a falsy value for success, and 'route' for an instruction.
      return next(errorOf(error));
    }
    next();
  };
}

/**
 * Returns middleware that serves the metadata of a protected resource (RFC 9728), as `protectedResourceMetadata()` of
 * `sts-jwt/handler` does. Use it before {@link stsJwt}, and pass its `url` as the option `resourceMetadata`.
 *
 * @throws JwtError `ERR_OPTIONS_INVALID`, with the name of the member in the message.
 */
export function protectedResourceMetadata(
  metadata: ResourceMetadata,
): Middleware<NodeRequest & { originalUrl?: string }> & { readonly url: string; readonly path: string } {
  const serve = createMetadata(metadata);
  const middleware: Middleware<NodeRequest & { originalUrl?: string }> = async (req, res, next) => {
    try {
      // If the middleware is mounted at a path, Express removes that path from `url`.
      const url = Object.hasOwn(req, 'originalUrl') ? req.originalUrl : req.url;
      const response = serve({ method: req.method!, url: url! });
      if (response) return await send(response, res);
    } catch (error) {
      return next(errorOf(error));
    }
    next();
  };
  return Object.assign(middleware, { url: serve.url, path: serve.path });
}

/** Sends a response of the Fetch API. */
async function send(response: Response, res: NodeResponse): Promise<void> {
  const { headers, body } = await partsOf(response);
  res.statusCode = response.status;
  for (const [name, value] of headers) res.setHeader(name, value);
  res.end(body);
}
