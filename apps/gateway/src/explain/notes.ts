import type { ExplainStep } from '@parley/contracts/explain';
import type { PolicyKind } from '@parley/contracts/policies';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../stage.ts';

/** What the dry run knows of a stage. */
export interface StageNote {
  /** `null` for stages that only prepare: they are told only when they refuse. */
  readonly step: ExplainStep['step'] | null;
  readonly policy: PolicyKind | null;
  /**
   * True for a stage that decides and changes nothing outside its exchange: the dry run runs it. Everything else (what
   * counts, stores, calls or answers) is only told about.
   */
  readonly harmless: boolean;
  /** What holds when it lets through, or what it would do. */
  readonly sentence: (exchange: Exchange) => string;
  /** More about it, where there is more. */
  readonly notes?: (exchange: Exchange) => string[];
}

/** A stage that carries its note. */
type NotedStage = Stage & { readonly note: StageNote };

/** Puts a note on a stage made for one endpoint; `null` stays `null`. Costs nothing when the stage is called. */
export function noted<Made extends Stage | null>(stage: Made, note: StageNote): Made {
  return stage && Object.assign(stage, { note });
}

/** For stages that find who calls. */
export const IDENTIFIES: StageNote = {
  step: 'caller',
  policy: null,
  harmless: true,
  sentence: () => 'The credential is good: its application calls.',
};

/** For stages that note and check, and have nothing to say where they let through. */
export const PREPARES: StageNote = { step: null, policy: null, harmless: true, sentence: () => '' };

const policyNote = (step: StageNote['step'], policy: PolicyKind, harmless: boolean): StageNote => ({
  step,
  policy,
  harmless,
  // Said from the policy itself, by the walk.
  sentence: () => '',
});

/** Notes that a stage keeps a policy, and that it decides without changing anything: a dry run runs it. */
export function deciding<Made extends Stage | null>(policy: PolicyKind, stage: Made): Made {
  return noted(stage, policyNote('policy', policy, true));
}

/** Notes that a stage keeps a policy by counting, storing, calling or answering: a dry run only tells of it. */
export function acting<Made extends Stage | null>(policy: PolicyKind, stage: Made): Made {
  return noted(stage, policyNote('policy', policy, false));
}

/** Notes a stage that only reads and checks for a policy which another stage keeps: told only when it refuses. */
export function preparing<Made extends Stage | null>(policy: PolicyKind, stage: Made): Made {
  return noted(stage, policyNote(null, policy, true));
}

/** The note a stage carries. */
export function carriedNote(stage: Stage): StageNote | undefined {
  return (stage as Partial<NotedStage>).note;
}
