// Asks a Worker for as long as it is told, each request with the next token of a file; prints requests and refusals as JSON.

import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, file, seconds] = process.argv.slice(2);
const requests = JSON.parse(readFileSync(file, 'utf8')).map((token) => ({
  headers: { authorization: `Bearer ${token}` },
}));
const {
  requests: count,
  non2xx,
  errors,
  duration,
} = await autocannon({
  url,
  requests,
  connections: 16,
  duration: Number(seconds),
});
console.log(JSON.stringify({ perSecond: count.total / duration, refused: non2xx + errors }));
