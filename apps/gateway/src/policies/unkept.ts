import { noted, PREPARES } from '../explain/notes.ts';
import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** Refuses an endpoint whose policies this gateway does not know; `null` when it knows them all. */
export function unkept({ unkept: names }: EndpointSource): Stage | null {
  return names.length > 0 ? noted(() => refusal('policy_unsupported'), PREPARES) : null;
}
