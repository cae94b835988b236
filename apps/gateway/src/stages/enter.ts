import type { UsageEvent } from '@parley/contracts/usage-event';
import { noted, PREPARES } from '../explain/notes.ts';
import type { Stage } from '../stage.ts';

/** The caller is known: from here on the endpoint may be told from the answers. Notes its kind and its dialect. */
export function enter(kind: UsageEvent['kind']): Stage {
  const stage: Stage = (exchange) => {
    exchange.kind = kind;
    if (kind === 'rest' || kind === 'prompt') exchange.dialect = null;
    return null;
  };
  return noted(stage, PREPARES);
}
