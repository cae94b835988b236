import { expect, test } from 'vitest';
import { curlText } from './curl-text.ts';

test('a call can be sent again from a shell, whatever its path holds, and without a secret in it', () => {
  expect(curlText('http://gw.test', { method: 'GET', path: "/acme/a/v1/o'brien", stream: false })).toBe(
    `curl 'http://gw.test/acme/a/v1/o'\\''brien' \\\n  -H "Authorization: Bearer $PARLEY_API_KEY"`,
  );
  expect(curlText('http://gw.test', { method: 'POST', path: '/v1/chat/completions', stream: true })).toBe(
    [
      "curl -N 'http://gw.test/v1/chat/completions'",
      '-H "Authorization: Bearer $PARLEY_API_KEY"',
      "-H 'content-type: application/json'",
      "--data '{}'",
    ].join(' \\\n  '),
  );
  expect(curlText('http://gw.test', { method: 'DELETE', path: '/x', stream: false })).toMatch(/^curl -X DELETE 'http/);
  expect(curlText('http://gw.test', { method: 'PUT', path: '/x', stream: false })).toMatch(/^curl -X PUT 'http/);
});
