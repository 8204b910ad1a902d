// Shared by the apps for hostile input: answers one question with the installed package.
import { Hono } from 'hono';
import * as main from 'sts-jwt';
import * as handler from 'sts-jwt/handler';
import * as hono from 'sts-jwt/hono';
import * as remote from 'sts-jwt/remote';
import * as stores from 'sts-jwt/stores';
import { runHostile, sendHeader } from '../suite/hostile.mjs';

const api = { Hono, ...main, ...handler, ...hono, ...remote, ...stores };

/** Answers a question: `{ fixtures }` runs the cases, `{ header, shape, length }` sends one header. */
export async function answerHostile(question) {
  const { fixtures, ...header } = JSON.parse(question);
  return JSON.stringify(await (fixtures ? runHostile({ api, fixtures }) : sendHeader({ api }, header)));
}
