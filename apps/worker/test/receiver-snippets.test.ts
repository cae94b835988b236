import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newWebhookSecret, webhookKey, webhookSignature } from '@parley/kernel/standard-webhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PAGE = new URL('../../../docs/webhooks.md', import.meta.url);
const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Case {
  readonly secret: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly good: boolean;
}

const secret = newWebhookSecret();
const body = Buffer.from('{"größe":"\u{1f389}"}');
const now = Math.floor(Date.now() / 1000);
const keyOf = (text: string): Buffer => webhookKey(text) ?? Buffer.alloc(0);
const signed = (timestamp: number, secrets: readonly string[]): Record<string, string> => ({
  'webhook-id': 'an-id',
  'webhook-timestamp': String(timestamp),
  'webhook-signature': webhookSignature(secrets.map(keyOf), { id: 'an-id', timestamp, body }),
});
const of = (headers: Record<string, string>, good: boolean, sent = body): Case => ({
  secret,
  headers,
  body: sent.toString('base64'),
  good,
});
const good = signed(now, [secret]);
const CASES: readonly Case[] = [
  of(good, true),
  of(signed(now, [newWebhookSecret(), secret]), true),
  of(signed(now, [newWebhookSecret()]), false),
  of(signed(now - 301, [secret]), false),
  of(signed(now + 400, [secret]), false),
  of(good, false, Buffer.from('{}')),
  of({ ...good, 'webhook-id': 'another' }, false),
  of({ ...good, 'webhook-timestamp': 'soon' }, false),
  of({ ...good, 'webhook-signature': '' }, false),
  of({}, false),
];

describe('the receivers of docs/webhooks.md take what we sign and nothing else', () => {
  let folder: string;
  let page: string;
  const snippet = (language: string): string =>
    new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-receivers-'));
    page = await readFile(PAGE, 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('in Node', async () => {
    const file = join(folder, 'receiver.mjs');
    await writeFile(file, snippet('js'));
    const { isFromParley } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      isFromParley: (secret: string, headers: Record<string, string>, body: Buffer) => boolean;
    };
    const judged = CASES.map((one) => isFromParley(one.secret, one.headers, Buffer.from(one.body, 'base64')));
    expect(judged).toEqual(CASES.map((one) => one.good));
  });

  it.skipIf(!hasPython)('in Python (skipped without python3)', async () => {
    const file = join(folder, 'receiver.py');
    const judge = `
import json, sys
print(json.dumps([is_from_parley(c["secret"], c["headers"], base64.b64decode(c["body"])) for c in json.load(sys.stdin)]))
`;
    await writeFile(file, snippet('python') + judge);
    const said = execFileSync('python3', [file], { input: JSON.stringify(CASES), encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual(CASES.map((one) => one.good));
  });
});
