import type { Check } from './checks.ts';
import { type Outcome, runCheck } from './run-check.ts';

const LANES = 2;

/**
 * Runs `first`, then `others` two at a time in the order given; one line for each as it ends, then the full output of those
 * that failed. Returns true when all hold.
 */
export async function verify(
  root: string,
  first: Check,
  others: readonly Check[],
  say: (text: string) => void,
): Promise<boolean> {
  const began = performance.now();
  const outcomes: Outcome[] = [];
  const run = async (check: Check): Promise<void> => {
    const outcome = await runCheck(check, root);
    outcomes.push(outcome);
    say(lineOf(outcome));
  };
  await run(first);
  const waiting = [...others];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await run(check);
  };
  await Promise.all(Array.from({ length: LANES }, lane));

  const failed = outcomes.filter(({ ok }) => !ok);
  for (const { check, output } of failed) say(`\n── ${check.name}: ${check.holds} ──\n${output.trim()}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`\n${outcomes.length - failed.length} of ${outcomes.length} checks hold, ${seconds} s`);
  return failed.length === 0;
}

function lineOf({ check, ok, seconds }: Outcome): string {
  return `${ok ? 'ok  ' : 'FAIL'} ${check.name.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s`;
}
