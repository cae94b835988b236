import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { CLIENT_PROTOCOLS, type ClientProtocol, clientRequest, envelope } from '@parley/llm/preview/client-request';
import { codecOf } from '@parley/llm/ways';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonLiteral, snippetsOf } from './snippets.ts';

const run = promisify(execFile);
const KEY = 'pk_live_0123456789abcdefghij';
const SAID = 'It\'s “odd”: $HOME `x` \\n {"a": 1}';

interface Taken {
  readonly path: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
}
let taken: Taken | null = null;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { headers } = request;
    const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? '';
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    taken = { path: request.url ?? '', key: String(key), body };
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"seen"}}');
  });
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => server.close());

function requestFor(protocol: ClientProtocol) {
  const body = {
    model: 'swift',
    stream: true,
    temperature: 0.5,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: SAID },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } },
      },
    ],
  };
  const given = envelope('openai_chat', JSON.stringify(body), { model: '', stream: false, query: '' });
  const call = 'malformed' in given ? given : codecOf('openai_chat')?.client?.read(given);
  if (!call || 'malformed' in call) throw new Error('the call could not be read');
  const { path, headers, keyHeader, body: text } = clientRequest(call, protocol);
  const named = headers.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: headers[at + 1] ?? '' }] : []));
  return { protocol, url: origin + path, headers: named, keyHeader, body: text, losses: [] };
}

/** The request that a program makes while it runs; its answer is an error, so that it ends there. */
async function requestOf(program: Promise<unknown>): Promise<Taken> {
  taken = null;
  await program.catch(() => undefined);
  if (taken === null) throw new Error('the program made no request');
  return taken;
}

/** Runs a TypeScript snippet here: a process of its own would spend seconds on starting. */
async function runHere(code: string): Promise<void> {
  const program = code.replace(/^import (.+) from '(.+)';$/m, (_, names: string, name: string) =>
    names.startsWith('{')
      ? `const ${names} = await load('${name}');`
      : `const { default: ${names} } = await load('${name}');`,
  );
  const AsyncFunction = (async () => {}).constructor as new (...given: string[]) => (load: unknown) => Promise<void>;
  await new AsyncFunction('load', program)((name: string) => import(/* @vite-ignore */ name));
}

test.each(CLIENT_PROTOCOLS)('programs make the request that is shown (%s)', async (protocol) => {
  const request = requestFor(protocol);
  const [curl, typescript, python] = snippetsOf({ request, model: 'swift', key: KEY }, (code) => code);
  const path = request.url.slice(origin.length);
  const key = request.keyHeader.prefix + KEY;
  const expected = JSON.parse(request.body) as Record<string, unknown>;
  expect(await requestOf(run('sh', ['-c', curl?.copy ?? ''], { timeout: 20_000 }))).toEqual({
    path,
    key,
    body: expected,
  });
  const sent = await requestOf(runHere(typescript?.copy ?? ''));
  // Anthropic's may show the key in either header; the gateway takes both.
  expect(sent.key.replace('Bearer ', '')).toBe(KEY);
  // Google's SDK writes the body itself, and may take another version of the API.
  if (protocol === 'gemini') {
    expect(sent.path).toMatch(/^\/v1(beta)?\/models\/swift:streamGenerateContent\?alt=sse$/);
    expect(sent.body).toMatchObject({ contents: expected['contents'], tools: expected['tools'] });
  } else expect(sent).toMatchObject({ path, body: expected });
  expect(python?.code).not.toContain(KEY);
  expect(curl?.code).toContain('pk_live_0123…ghij');
});

test('values are written as Python has them', () => {
  expect(pythonLiteral({ a: [true, null, 1.5], 'b-c': "it's", d: {}, e: [] })).toBe(
    `{ "a": [True, None, 1.5], "b-c": "it's", "d": {}, "e": [] }`,
  );
  expect(pythonLiteral({ a: 'x'.repeat(90) })).toBe(`{\n    "a": "${'x'.repeat(90)}",\n}`);
});
