import { CHECKS, type Check, PREPARE } from './checks.ts';
import { type Outcome, runCheck } from './run-check.ts';

/**
 * `npm run verify [name …]`: every check, two at a time, one line each; the full output of those that fail; exit code 1
 * if any did. Names narrow it to those checks.
 */
const LANES = 2;
const root = process.cwd();

function line({ check, ok, seconds }: Outcome): string {
  return `${ok ? 'ok  ' : 'FAIL'} ${check.name.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s`;
}

async function runAll(checks: readonly Check[]): Promise<readonly Outcome[]> {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const outcome = await runCheck(check, root);
      console.log(line(outcome));
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return outcomes;
}

const began = performance.now();
const wanted = process.argv.slice(2);
const chosen = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`No check is called ${unknown.join(', ')}. There are: ${CHECKS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const outcomes = [...(await runAll([PREPARE])), ...(await runAll(chosen))];
const failed = outcomes.filter(({ ok }) => !ok);
for (const { check, output } of failed) {
  console.log(`\n── ${check.name}: ${check.holds} ──\n${output.trim()}`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`\n${outcomes.length - failed.length} of ${outcomes.length} checks hold, ${seconds} s`);
if (failed.length > 0) process.exitCode = 1;
