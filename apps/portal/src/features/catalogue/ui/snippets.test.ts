import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, bodyOf, callOf, headersOf } from './call.ts';
import { readOperations } from './read-reference.ts';
import { snippetsOf } from './snippets.ts';

const NASTY = `it's "quoted" \\ $HOME \`x\` é\n💧`;

const [post, get] = readOperations({
  paths: {
    '/notes/{id}': {
      post: {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', examples: ["a b/'c"] } },
          { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string', examples: ['t 1'] } },
        ],
        requestBody: { content: { 'application/json': { example: { text: NASTY } } } },
      },
    },
    '/search': {
      get: {
        parameters: [{ name: 'q', in: 'query', required: true, schema: { type: 'string', examples: ['a&b=c d'] } }],
      },
    },
  },
});
const [chat] = readOperations({
  paths: {
    '/chat/completions': {
      post: {
        requestBody: { content: { 'application/json': { example: { model: 'm', messages: [], stream: false } } } },
      },
    },
  },
});

interface Seen {
  method: string;
  url: string;
  headers: Record<string, unknown>;
  body: string;
}
let seen: Seen[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    response.end('answered');
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/notes/v1`;

/** Runs a program with this on its standard input and returns what it printed. */
function run(command: string, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part: Buffer) => {
      out += String(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      errors += String(part);
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(errors))));
    child.stdin.end(input);
  });
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0;

test.skipIf(!has('curl'))(
  'the curl and TypeScript snippets, run as they are, send exactly the call (needs curl)',
  async () => {
    for (const operation of [post, get]) {
      if (!operation) throw new Error('the operation is missing');
      const call = callOf(operation);
      const [curl, typescript] = snippetsOf({ kind: 'rest', baseUrl: baseUrl(), call, key: "pk_live_a'b" });
      seen = [];
      await run('sh', ['-s'], `${curl?.copy ?? ''}`);
      await run(process.execPath, ['--input-type=module', '-'], stripTypeScriptTypes(typescript?.copy ?? ''));
      expect(seen).toHaveLength(2);
      for (const request of seen) {
        expect(request.method).toBe(operation.method);
        expect(`http://${String(request.headers.host)}${request.url}`).toBe(addressOf(baseUrl(), call));
        expect(request.headers).toMatchObject({ authorization: "Bearer pk_live_a'b", ...headersOf(call) });
        if (operation.body) expect(JSON.parse(request.body)).toEqual({ text: NASTY });
        else expect(request.body).toBe('');
      }
    }
  },
);

test.skipIf(!has('python3'))('every Python snippet is a Python program (needs python3)', () => {
  for (const operation of [post, get, chat]) {
    if (!operation) throw new Error('the operation is missing');
    for (const stream of [false, true]) {
      const kind = operation === chat ? 'llm' : 'rest';
      const [, , python] = snippetsOf({ kind, baseUrl: baseUrl(), call: { ...callOf(operation), stream }, key: '' });
      execFileSync('python3', ['-c', 'import ast,sys; ast.parse(sys.stdin.read())'], { input: python?.copy });
      expect(python?.copy).toContain('YOUR_API_KEY');
    }
  }
});

test('a key stands in what is copied and not on the screen', () => {
  if (!post) throw new Error('the operation is missing');
  const key = 'pk_live_abcdefghijklmnopqrstuvwxyz1234567';
  for (const snippet of snippetsOf({ kind: 'rest', baseUrl: baseUrl(), call: callOf(post), key })) {
    expect(snippet.copy).toContain(key);
    expect(snippet.code).not.toContain(key.slice(8, 20));
  }
});

test('streaming is asked for as the dialect does: in the body for chat, by Accept elsewhere', () => {
  if (!chat || !post) throw new Error('the operation is missing');
  const streamed = { ...callOf(chat), stream: true };
  expect(JSON.parse(bodyOf(streamed) ?? '')).toEqual({ model: 'm', messages: [], stream: true });
  expect(headersOf(streamed).accept).toBe(undefined);
  expect(JSON.parse(bodyOf({ ...streamed, stream: false }) ?? '')).toEqual({ model: 'm', messages: [] });
  expect(headersOf({ ...callOf(post), stream: true }).accept).toBe('text/event-stream');
});
