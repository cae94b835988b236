import { createServer } from 'node:http';
import { Pool } from 'undici';

/** The least a proxy in Node can do: node:http in front, undici behind, nothing else. The yardstick for our own cost. */
const [port = '0', upstream = ''] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 256 });

createServer((request, response) => {
  pool.dispatch(
    { method: 'GET', path: request.url ?? '/' },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, headers) {
        response.writeHead(status, headers);
      },
      onResponseData(_controller, chunk) {
        response.write(chunk);
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
}).listen(Number(port), '127.0.0.1');
