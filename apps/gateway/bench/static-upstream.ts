import { createServer } from 'node:http';

/** An upstream that costs next to nothing: the same small answer to everything. Used when nginx is not there. */
const [port = '0', body = '{}'] = process.argv.slice(2);
const bytes = Buffer.from(body);
const headers = ['content-type', 'application/json', 'content-length', String(bytes.length)];

createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers).end(bytes);
}).listen(Number(port), '127.0.0.1');
