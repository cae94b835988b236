import type { Violation } from '../boundaries/rule.ts';

/** Prints violations as `from → to: rule` with the way out beneath, and a count; sets the exit code. */
export function report(violations: readonly Violation[], what: string): void {
  for (const { from, to, rule, fix } of violations) console.log(`${from} → ${to}: ${rule}\n    ${fix}`);
  if (violations.length > 0) {
    console.log(`${violations.length} broken: ${what}`);
    process.exitCode = 1;
  }
}
