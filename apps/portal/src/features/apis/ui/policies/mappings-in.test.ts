import { expect, it } from 'vitest';
import { mappingsIn } from './mappings-in.ts';

it('finds the mappings of a transformation that do something', () => {
  const found = mappingsIn('transform', {
    request: { body: { map: '$' } },
    responses: [
      { headers: {} },
      { body: { map: '', from: 'xml', to: 'json', arrays: ['item'] } },
      { body: { map: ' ' } },
    ],
  });
  expect(found.map(({ label, mapping }) => [label, mapping])).toEqual([
    ['Request', { map: '$', from: 'json', to: 'json', arrays: [] }],
    ['Answer, rule 2', { map: '', from: 'xml', to: 'json', arrays: ['item'] }],
  ]);
});

it('finds the bodies and the reply of a composition', () => {
  const steps = [{ name: 'order' }, { name: 'save', body: '{}' }];
  expect(mappingsIn('compose', { steps, answer: '{"body": 1}' }).map(({ label }) => label)).toEqual([
    'Body of save',
    'Reply',
  ]);
});

it('finds none in anything else', () => {
  expect(mappingsIn('shield', { request: { body: { map: '$' } } })).toEqual([]);
  expect(mappingsIn('transform', undefined)).toEqual([]);
});
