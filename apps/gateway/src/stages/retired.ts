import { noted, PREPARES } from '../explain/notes.ts';
import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** Refuses every call to a version that is no longer there; `null` while it is. */
export function retired({ version }: EndpointSource): Stage | null {
  return version.state === 'retired' ? noted(() => refusal('version_retired'), PREPARES) : null;
}
