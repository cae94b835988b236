import type { PolicyKind } from '@parley/contracts/policies';

/** What a policy is about, in the order in which people read them. */
export const POLICY_GROUPS = {
  callers: 'Who may call',
  amounts: 'How much',
  checks: 'What is checked',
  answers: 'What answers',
  kept: 'What is kept',
} as const;

export type PolicyGroup = keyof typeof POLICY_GROUPS;

/** The group each policy is chosen from. A new policy needs a line here to compile. */
export const POLICY_GROUP: Readonly<Record<PolicyKind, PolicyGroup>> = {
  callers: 'callers',
  inbound: 'callers',
  ipAccess: 'callers',
  brownOuts: 'callers',
  limits: 'amounts',
  priority: 'amounts',
  contract: 'checks',
  shield: 'checks',
  guardrails: 'checks',
  split: 'answers',
  modelRouting: 'answers',
  experiment: 'answers',
  promptLabels: 'answers',
  knowledge: 'answers',
  transform: 'answers',
  compose: 'answers',
  graphql: 'answers',
  soap: 'answers',
  grpc: 'answers',
  webSocket: 'answers',
  deliver: 'answers',
  cache: 'kept',
  modelCache: 'kept',
  background: 'kept',
  batches: 'kept',
  resumableStreams: 'kept',
  bodyLog: 'kept',
  idempotency: 'kept',
};
