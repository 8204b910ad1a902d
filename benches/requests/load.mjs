// Sends requests to a Worker for some seconds. Each request has the next token of a file. Prints the requests per second and the
// number of rejected requests as JSON.

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
console.log(JSON.stringify({ perSecond: count.total / duration, rejected: non2xx + errors }));
