import { expect, it } from 'vitest';
import { namedServers } from './servers.ts';

it('reads absolute addresses, with the defaults of their variables', () => {
  const servers = [
    { url: 'https://{region}.api.example.com/v1/', variables: { region: { default: 'eu' } } },
    { url: 'http://plain.example.com' },
    { url: 'http://plain.example.com/' },
  ];
  expect(namedServers({ info: { title: ' Pets ' }, servers })).toEqual({
    title: 'Pets',
    urls: ['https://eu.api.example.com/v1', 'http://plain.example.com'],
  });
});

it.each([
  ['relative', { url: '/v1' }],
  ['without a default', { url: 'https://{region}.example.com' }],
  ['of another scheme', { url: 'wss://example.com' }],
  ['with a password', { url: 'https://a:b@example.com' }],
  ['no address', { url: 'https://' }],
  ['no text', { url: 7 }],
])('leaves out what is %s', (_, server) => {
  expect(namedServers({ servers: [server, null, 'x'] }).urls).toEqual([]);
});

it('reads nothing from what is no document', () => {
  expect(namedServers(null)).toEqual({ title: '', urls: [] });
  expect(namedServers({ info: [], servers: {} })).toEqual({ title: '', urls: [] });
});
