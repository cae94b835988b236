import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clients } from './clients.ts';
import { openCountries } from './countries.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-countries-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Values in the encoding of MaxMind's DB format, version 2.0 (https://maxmind.github.io/MaxMind-DB/). */
function encoded(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.from([0x40 | value.length]), Buffer.from(value)]);
  if (typeof value === 'number') return Buffer.from([0xc4, 0, 0, value >> 8, value & 255]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 4]), ...value.map(encoded)]);
  const members = Object.entries(value as object);
  return Buffer.concat([Buffer.from([0xe0 | members.length]), ...members.flat().map(encoded)]);
}

/** A file whose one network is an IPv4 prefix of 8 bits; everything else is in no country. */
function writeFile(firstByte: number, place: object): string {
  const nodes = 8;
  const tree = Buffer.alloc(nodes * 6);
  for (let depth = 0; depth < nodes; depth++) {
    const bit = (firstByte >> (7 - depth)) & 1;
    const onward = depth === nodes - 1 ? nodes + 16 : depth + 1;
    for (const side of [0, 1]) tree.writeUIntBE(side === bit ? onward : nodes, depth * 6 + side * 3, 3);
  }
  const about = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 0,
    database_type: 'Test',
    description: { en: 'test' },
    ip_version: 4,
    languages: ['en'],
    node_count: nodes,
    record_size: 24,
  };
  const file = join(folder, `${firstByte}-${Object.keys(place).join()}.mmdb`);
  const mark = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  writeFileSync(file, Buffer.concat([tree, Buffer.alloc(16), encoded(place), mark, encoded(about)]));
  return file;
}

const callFrom = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

describe('countries of addresses', () => {
  it.each([{ country: { iso_code: 'DE' } }, { country_code: 'DE' }])('are read from a file that says %j', (place) => {
    const countries = openCountries(writeFile(81, place));
    expect(countries.of('81.2.3.4')).toBe('DE');
    expect(countries.of('::ffff:81.2.3.4')).toBe('DE');
    expect(countries.of('82.2.3.4')).toBe('');
    expect(countries.of('')).toBe('');
  });

  it('cannot be read from what is no such file', () => {
    const file = join(folder, 'none.mmdb');
    writeFileSync(file, 'countries');
    expect(() => openCountries(file)).toThrow();
    expect(() => openCountries(join(folder, 'missing.mmdb'))).toThrow('ENOENT');
  });
});

describe('where a call comes from', () => {
  const countries = { of: (address: string) => (address.startsWith('81.') ? 'DE' : '') };
  const sources = { trustedProxies: ['10.0.0.0/8'], countryHeader: 'cf-ipcountry', countries };

  it('is told by the address, behind trusted proxies the forwarded one', () => {
    const clients = new Clients(sources);
    expect(clients.countryOf(callFrom('81.0.0.1'))).toBe('DE');
    expect(clients.countryOf(callFrom('10.0.0.1', { 'x-forwarded-for': '81.0.0.1' }))).toBe('DE');
    expect(clients.countryOf(callFrom('192.0.2.1', { 'x-forwarded-for': '81.0.0.1' }))).toBe('');
  });

  it('is told by a trusted proxy’s header before that, and by nobody else’s', () => {
    const clients = new Clients(sources);
    expect(clients.countryOf(callFrom('10.0.0.1', { 'cf-ipcountry': 'fr', 'x-forwarded-for': '81.0.0.1' }))).toBe('FR');
    expect(clients.countryOf(callFrom('81.0.0.1', { 'cf-ipcountry': 'FR' }))).toBe('DE');
    expect(clients.countryOf(callFrom('10.0.0.1', { 'cf-ipcountry': 'nowhere', 'x-forwarded-for': '81.0.0.1' }))).toBe(
      'DE',
    );
  });

  it('is unknown where nobody tells', () => {
    expect(new Clients().countryOf(callFrom('81.0.0.1', { 'cf-ipcountry': 'FR' }))).toBe('');
  });
});
