import { findCycles } from '../graph.ts';
import type { Rule } from '../rule.ts';

/** No file reaches itself by imports that run. */
export const noCycles: Rule = (project) =>
  findCycles(project).map((cycle) => ({
    rule: 'import-cycle',
    from: cycle[0] ?? '',
    to: cycle.slice(1).join(' → '),
    fix: 'Move what both sides need into a third file, or make one import type-only if it is.',
  }));
