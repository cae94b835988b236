import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Check } from './checks.ts';
import { verify } from './verify.ts';

const check = (name: string, script: string): Check => ({
  name,
  holds: `${name} holds`,
  command: [process.execPath, '-e', script],
});
const good = check('good', 'console.log("quiet")');

async function run(...checks: readonly Check[]): Promise<{ ok: boolean; said: string }> {
  const said: string[] = [];
  const ok = await verify(tmpdir(), check('first', ''), checks, (text) => said.push(text));
  return { ok, said: said.join('\n') };
}

describe('verify', () => {
  it('says one line per check and hides the output of those that hold', async () => {
    const { ok, said } = await run(good);
    expect(ok).toBe(true);
    expect(said).toMatch(/^ok {3}first +\d+\.\d s\nok {3}good +\d+\.\d s\n\n2 of 2 checks hold, \d+\.\d s$/);
  });

  it('fails when one fails, runs the others all the same, and prints both streams of the failed one', async () => {
    const bad = check('bad', 'console.log("to out"); console.error("to err"); process.exitCode = 3');
    const { ok, said } = await run(bad, good);
    expect(ok).toBe(false);
    expect(said).toMatch(/FAIL bad/);
    expect(said).toMatch(/ok {3}good/);
    expect(said).toContain('── bad: bad holds ──');
    expect(said).toContain('to out');
    expect(said).toContain('to err');
    expect(said).not.toContain('quiet');
    expect(said).toContain('2 of 3 checks hold');
  });

  it('counts a tool that is missing or killed as failed', async () => {
    const missing: Check = { name: 'missing', holds: '', command: ['no-such-tool-anywhere'] };
    const { ok, said } = await run(missing, check('killed', 'process.kill(process.pid, "SIGKILL")'));
    expect(ok).toBe(false);
    expect(said).toContain('no-such-tool-anywhere could not be started');
    expect(said).toMatch(/FAIL killed/);
  });
});
