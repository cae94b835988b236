import { expect, it } from 'vitest';
import { readOpenapiText } from './openapi-text.ts';

it('shows the routes of a document before it is imported, from JSON and from YAML', () => {
  const routes = [{ method: 'GET', path: '/pets', summary: 'All' }];
  expect(readOpenapiText('{"paths":{"/pets":{"get":{"summary":"All"}}}}')).toMatchObject({ routes, problems: [] });
  expect(readOpenapiText('paths:\n  /pets:\n    get: { summary: All }\n')).toMatchObject({ routes, problems: [] });
});

it('names where the API is served', () => {
  const document = { info: { title: 'Pets' }, servers: [{ url: 'https://pets.example.com/' }], paths: {} };
  expect(readOpenapiText(JSON.stringify(document))).toMatchObject({
    title: 'Pets',
    urls: ['https://pets.example.com'],
  });
});

it('says what is wrong with a text instead of failing', () => {
  expect(readOpenapiText('paths: [').problems).toEqual([expect.stringContaining('neither JSON nor YAML')]);
  expect(readOpenapiText('').problems).toEqual(['It describes no operation.']);
});
