import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Exchange } from './exchange.ts';
import { type Form, lookAtForm, readForm } from './form.ts';

/** Forms as `fetch` writes them, read by the simulator. */
let raw = Buffer.alloc(0);
let type = '';
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.once('end', () => {
    raw = Buffer.concat(parts);
    type = request.headers['content-type'] ?? '';
    response.end();
  });
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

const read = (body: Buffer, contentType: string): Form =>
  readForm({ request: { headers: { 'content-type': contentType } } } as unknown as Exchange, body);

async function send(form: FormData): Promise<Form> {
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body: form });
  return read(raw, type);
}

test('fields, lists and files arrive as they were, line ends and boundaries in them included', async () => {
  const bytes = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10, 13, 10, 65]);
  const form = new FormData();
  form.append('model', 'sim-é');
  form.append('stream', 'true');
  form.append('include[]', 'a');
  form.append('include[]', 'b');
  form.append('prompt', 'two\r\nlines');
  form.append('image[]', new Blob([bytes], { type: 'image/png' }), 'a.png');
  form.append('image[]', new Blob([]), 'empty');
  const found = await send(form);
  expect(found.fields).toEqual({ model: 'sim-é', stream: 'true', include: ['a', 'b'], prompt: 'two\r\nlines' });
  expect(found.files('image').map(({ name, type: kind }) => [name, kind])).toEqual([
    ['a.png', 'image/png'],
    ['empty', 'application/octet-stream'],
  ]);
  expect(found.files('image')[0]?.bytes.equals(bytes)).toBe(true);
  expect(lookAtForm(raw)).toMatchObject({ model: 'sim-é', stream: true });
});

test('what is no form, or a cut one, is refused', async () => {
  const form = new FormData();
  form.append('a', 'b');
  await send(form);
  expect(() => read(raw, 'application/json')).toThrow(/multipart/);
  expect(() => read(raw.subarray(0, -10), type)).toThrow(/parse/);
  expect(() => read(Buffer.from('hello'), 'multipart/form-data; boundary=x')).toThrow(/parse/);
});
