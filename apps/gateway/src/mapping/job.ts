import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { MappingInput, MappingOutcome } from '@parley/domain/mapping/map-body';

/** A body to be mapped, as it travels to a thread. */
export interface MappingJob extends MappingInput {
  readonly mapping: BodyMapping;
}

/** What a thread says: that it can begin, or what came of its job. */
export type FromThread = { readonly ready: true } | { readonly ready: false; readonly outcome: MappingOutcome };
