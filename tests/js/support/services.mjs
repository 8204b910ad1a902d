// The same service on every framework that the package supports. It answers with the caller's `sub`, or "anonymous".
import { once } from 'node:events';
import http from 'node:http';
import fastifyCors from '@fastify/cors';
import connectCors from 'cors';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { stsJwt as connectJwt } from 'sts-jwt/express';
import { stsJwt as fastifyJwt } from 'sts-jwt/fastify';
import { protect } from 'sts-jwt/handler';
import { stsJwt as honoJwt } from 'sts-jwt/hono';

const nameOf = (token) => token?.claims.sub ?? 'anonymous';

/** Calls a fetch handler as if it were a server. */
const inProcess = (fetch) => ({
  ask: async (path, init) => fetch(new Request(`https://service.example.test${path}`, init)),
  stop: async () => {},
});

/** Starts a Node server for a listener. */
export async function listen(listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    ask: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init }),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function expressService(create) {
  return (verifier, options, { allowOrigin = undefined } = {}) => {
    const app = create();
    if (allowOrigin) app.use(connectCors({ origin: allowOrigin }));
    app.use(connectJwt(verifier, options));
    app.use((req, res) => void res.type('text').send(nameOf(req.auth)));
    app.use((error, _req, res, _next) => void res.status(500).json({ thrown: error.code ?? error.name }));
    return listen(app);
  };
}

/**
 * Each function starts a service. With `allowOrigin`, the CORS middleware of the framework comes first. A service answers
 * errors that are not about the token with 500 and `{ thrown }`.
 *
 * @type {Record<string, (verifier: any, options?: any, more?: { allowOrigin?: string }) => any>}
 */
export const SERVICES = {
  handler(verifier, options) {
    const handler = protect(verifier, (_, token) => new Response(nameOf(token)), options);
    return inProcess((request) =>
      handler(request).catch((error) => Response.json({ thrown: error.code ?? error.name }, { status: 500 })),
    );
  },
  hono(verifier, options, { allowOrigin } = {}) {
    /** @type {Hono<any>} */
    const app = new Hono();
    app.onError((error) => Response.json({ thrown: /** @type {any} */ (error).code ?? error.name }, { status: 500 }));
    if (allowOrigin) app.use(cors({ origin: allowOrigin }));
    app.use(honoJwt(verifier, options));
    app.all('*', (c) => c.text(nameOf(c.get('token'))));
    return inProcess((request) => app.fetch(request));
  },
  'express 5': expressService(express),
  'express 4': expressService(express4),
  connect(verifier, options, { allowOrigin } = {}) {
    const middleware = connectJwt(verifier, options);
    const first = allowOrigin ? connectCors({ origin: allowOrigin }) : (_req, _res, next) => next();
    return listen((req, res) => {
      first(req, res, () =>
        middleware(req, res, (error) => {
          if (!error) return res.end(nameOf(/** @type {any} */ (req).auth));
          res.statusCode = 500;
          res.end(JSON.stringify({ thrown: /** @type {any} */ (error).code ?? 'TypeError' }));
        }),
      );
    });
  },
  async fastify(verifier, options, { allowOrigin } = {}) {
    const app = fastify();
    if (allowOrigin) await app.register(fastifyCors, { origin: allowOrigin });
    await app.register(fastifyJwt, { verifier, ...options });
    app.setErrorHandler((error, _request, reply) => {
      const { code, name } = /** @type {any} */ (error);
      return reply.code(500).send({ thrown: code ?? name });
    });
    const method = ['GET', 'POST', ...(allowOrigin ? [] : ['OPTIONS'])];
    app.route({ method, url: '/*', handler: (request) => nameOf(request.auth) });
    await app.ready();
    return listen(app.routing);
  },
};
