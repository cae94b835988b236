import { expect, test } from 'vitest';
import { promptCurl } from './prompt-curl.ts';

test('a pasted call carries what must be sent, quoted for the shell, and nothing that has a default', () => {
  const curl = promptCurl('http://gateway.test/acme/summarise/v1', {
    messages: [{ role: 'user', text: '{{text}} {{tone}} {{count}}' }],
    model: 'swift',
    settings: {},
    output: { kind: 'text' },
    variables: [
      { name: 'text', type: 'string', description: '', required: true },
      { name: 'tone', type: 'enum', description: '', values: ["l'air"], required: true },
      { name: 'count', type: 'integer', description: '', required: true, default: 3 },
    ],
  });
  expect(curl).toContain('curl http://gateway.test/acme/summarise/v1 ');
  expect(curl).toContain(`-d '{"text":"Some text","tone":"l'\\''air"}'`);
});
