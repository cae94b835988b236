/** Prints microseconds per kilobyte and per stream chunk, for each set of detectors: `node bench/speed.bench.ts`. */
import { type GuardrailsPolicyInput, guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { checkGrounding } from '../src/checks/grounding.ts';
import { Guard } from '../src/guard.ts';
import { Placeholders } from '../src/mask/placeholders.ts';
import { Restorer } from '../src/mask/restore.ts';
import { VerdictBuilder } from '../src/verdict.ts';
import { ordinaryTexts } from './measure.ts';

const sentences = [...ordinaryTexts('dev'), ...ordinaryTexts('second')].filter((text) =>
  /^[A-Z][A-Za-z0-9 ,.;:'?%/-]{40,}$/.test(text),
);
const prose = Array.from({ length: 4 }, () => sentences.join('\n'))
  .join('\n\n')
  .slice(0, 16_384);
const digits = Array.from({ length: 1024 }, (_, index) => `${index * 7919} `)
  .join('')
  .slice(0, 16_384);
const hostile = 'a1@-:=+('.repeat(2048);

/** Processor time of a run of at least 200 ms, in microseconds per call. */
function microseconds(work: () => void): number {
  for (let warm = 0; warm < 20; warm++) work();
  const start = process.cpuUsage();
  let calls = 0;
  const until = performance.now() + 200;
  while (performance.now() < until) {
    work();
    calls++;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const SETS: Readonly<Record<string, GuardrailsPolicyInput>> = {
  'personal data': { personalData: {} },
  'with names, addresses': { personalData: { kinds: ['email', 'card', 'phone', 'name', 'address'] } },
  secrets: { secrets: { mode: 'mask' } },
  injection: { injection: { mode: 'observe' } },
  'words (200)': {
    words: [{ name: 'w', mode: 'mask', words: Array.from({ length: 200 }, (_, i) => `forbidden word ${i}`) }],
  },
  'patterns (5)': {
    patterns: Array.from({ length: 5 }, (_, i) => ({
      name: `p${i}`,
      mode: 'mask' as const,
      pattern: `\\bEMP-?${i}\\d{4}\\b`,
    })),
  },
  'personal data + secrets': { personalData: {}, secrets: { mode: 'mask' } },
};

print('µs per KB           prose   numbers   hostile');
for (const [name, policy] of Object.entries(SETS)) {
  const guard = new Guard(guardrailsPolicy.parse(policy));
  const row = [prose, digits, hostile].map((text) => {
    const source = name === 'injection' ? ('document' as const) : ('user' as const);
    return microseconds(() => guard.checkInput([{ text, source }], new Placeholders())) / (text.length / 1024);
  });
  print(`${name.padEnd(24)}${row.map((value) => value.toFixed(1).padStart(8)).join('  ')}`);
}

print('\nµs per chunk of a stream');
const chunks = prose.match(/ ?\S+/g) ?? [];
for (const [name, policy] of Object.entries(SETS)) {
  const guard = new Guard(guardrailsPolicy.parse(policy));
  if (guard.leavesOutputAlone) continue;
  const value = microseconds(() => {
    const watch = guard.watch('output', new VerdictBuilder());
    for (const chunk of chunks) watch.feed(chunk);
    watch.end();
  });
  print(`${name.padEnd(24)}${(value / chunks.length).toFixed(2).padStart(8)}   holds back at most ${guard.holdsBack}`);
}
const placeholders = new Placeholders();
placeholders.of('email', 'joe@example.com');
const restored = microseconds(() => {
  const restorer = new Restorer(placeholders, 'text');
  for (const chunk of chunks) restorer.feed(chunk);
  restorer.end();
});
print(`${'restoring'.padEnd(24)}${(restored / chunks.length).toFixed(2).padStart(8)}`);
const grounded = microseconds(() => void checkGrounding(prose.slice(0, 2048), [prose]));
print(`\ngrounding, 2 KB against 16 KB: ${grounded.toFixed(0)} µs`);
