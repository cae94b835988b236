import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layTrees, readTree } from '../tree/read-tree.ts';
import { checkAgents } from './check.ts';

const CANARIES = join(import.meta.dirname, '../../canaries/agents');
const clean = readTree(join(CANARIES, 'clean'));

const EXPECTED: Readonly<Record<string, string>> = {
  'agents-path': 'packages/kernel/AGENTS.md:3 → src/ids.ts: agents-path',
  'agents-command': 'packages/kernel/AGENTS.md:3 → npm run verfy: agents-command',
  'agents-length': 'packages/kernel/AGENTS.md → 101 lines: agents-length',
  'agents-missing': 'packages/contracts → AGENTS.md: agents-missing',
};

describe('what documents name', () => {
  it('finds nothing where every path and command exists', () => {
    expect(clean.get('packages/kernel/AGENTS.md')).toContain('`src/<subject>/*.ts`');
    expect(checkAgents(clean)).toEqual([]);
  });

  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(`catches ${name}, and nothing else`, () => {
      const found = checkAgents(layTrees(clean, readTree(join(CANARIES, name, 'bad'))));
      expect(found.map(({ from, to, rule }) => `${from} → ${to}: ${rule}`)).toEqual([expected]);
    });
  }
});
