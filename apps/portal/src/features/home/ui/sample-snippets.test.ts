import { expect, test } from 'vitest';
import { sampleSnippets } from './sample-snippets.ts';

test('the first call runs as pasted, with the key in its place and quotes kept', () => {
  const [curl, script] = sampleSnippets(
    { method: 'POST', url: 'http://gw.test/acme/greet/v1', body: '{"name":"O\'Brien"}' },
    'pk_live_x',
  );
  expect(curl?.code).toBe(
    [
      "curl 'http://gw.test/acme/greet/v1'",
      "-H 'Authorization: Bearer pk_live_x'",
      "-H 'content-type: application/json'",
      `--data '{"name":"O'\\''Brien"}'\n`,
    ].join(' \\\n  '),
  );
  expect(script?.code).toContain('body: JSON.stringify({"name":"O\'Brien"}),');
});

test('without the secret its place is named, and a bare GET needs no method', () => {
  const [curl] = sampleSnippets({ method: 'GET', url: 'http://gw.test/v1/models', body: null }, null);
  expect(curl?.code).toBe("curl 'http://gw.test/v1/models' \\\n  -H 'Authorization: Bearer YOUR_API_KEY'\n");
});
