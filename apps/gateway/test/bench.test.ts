import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

interface Outcome {
  readonly stdout: string;
  /** Failed calls (last column) by name, in the order of the table. */
  readonly failed: readonly (readonly [name: string, failed: number])[];
}

/** Runs a bench for a moment and reads its table. */
async function outcomeOf(bench: string, more: readonly string[]): Promise<Outcome> {
  const file = new URL(`../bench/${bench}.ts`, import.meta.url).pathname;
  const args = [file, '--seconds=1', '--rounds=1', '--connections=2', '--warm=0', ...more];
  const { stdout } = await run(process.execPath, args);
  const [, table = ''] = stdout.split(/^what .*\n/m);
  const lines = (table.split('\n\n')[0] ?? '').trimEnd().split('\n');
  return { stdout, failed: lines.map((line) => [line.slice(0, 40).trim(), Number(/\S+$/.exec(line)?.[0])] as const) };
}

describe('the benches', () => {
  it('put load on the gateway and on what it is compared with, and every call is answered', async () => {
    const { stdout, failed } = await outcomeOf('load', []);
    expect(failed.filter(([name]) => !name.startsWith('nginx'))).toEqual([
      ['bare node:http + undici', 0],
      ['gateway: REST, key, limit, usage', 0],
      ['gateway: chat completion, same dialect', 0],
    ]);
    expect(stdout).toMatch(/added to one call at a time: p50 -?\d+ µs/);
    expect(stdout).toMatch(/event loop delay p99 [\d.]+ ms, memory \d+ MB/);
  }, 60_000);

  it('find every one of many routes and keys, from one process and from two', async () => {
    const { failed } = await outcomeOf('scale', ['--routes=20', '--keys=200']);
    expect(failed).toEqual([
      ['one route, one key', 0],
      ['20 routes, one key', 0],
      ['20 routes, 200 keys in turn', 0],
      ['two processes, one route, one key', 0],
    ]);
  }, 60_000);

  it('change the configuration under load', async () => {
    const { stdout, failed } = await outcomeOf('changes', ['--tenants=3', '--routes=5', '--per-second=20']);
    expect(failed).toEqual([
      ['no changes', 0],
      ['20 changes a second', 0],
    ]);
    expect(stdout.match(/with changes: p50 × [\d.]+, p99 × [\d.]+, -?[\d.]+ ms of CPU time a change/g)).toHaveLength(2);
    expect(stdout).toMatch(/\d+ changes enforced after p50 \d+ ms, p99 \d+ ms, max \d+ ms/);
  }, 60_000);

  it('calls models in one protocol and translated, in whole answers and in streams that all end well', async () => {
    const more = ['--pieces=20', '--streams=5', '--idle=50'];
    const { stdout, failed } = await outcomeOf('llm', more);
    const pairs = [
      'OpenAI to OpenAI',
      'Anthropic to Anthropic',
      'Anthropic to OpenAI',
      'OpenAI to Anthropic',
      'OpenAI to Gemini',
    ];
    expect(failed).toEqual(pairs.map((pair) => [pair, 0]));
    for (const pair of pairs) expect(stdout).toMatch(new RegExp(`^${pair}: [\\d.]+ µs of CPU time a piece$`, 'm'));
    expect(stdout).toMatch(/5 streams at a time.* [1-9]\d* through the gateway, 0 cut\n/);
    expect(stdout).toMatch(/added to the first token: p50 -?[\d.]+ ms, p99 -?[\d.]+ ms/);
    expect(stdout).toMatch(/50 of 50 streams open and idle: \d+ MB, \d+ MB before; 50 ended well/);
  }, 60_000);
});
