// Adds the member `auth` to every request of Express, as the documentation of `stsJwt` says.
import express from 'express';
import type { VerifiedToken, Verifier } from 'sts-jwt';
import { stsJwt } from 'sts-jwt/express';

declare global {
  namespace Express {
    interface Request {
      auth?: VerifiedToken;
    }
  }
}
declare const verifier: Verifier;
express().get('/', stsJwt(verifier), (req, res) => void res.send(req.auth?.claims.sub));
