import type { Policies, PolicyKind } from '@parley/contracts/policies';
import type { Place } from '@parley/domain/translation/input-place';
import type { FieldIssue } from '@parley/kernel/fault';
import { callersCheck } from './callers-check.ts';
import { composeCheck } from './compose-check.ts';
import { deliverCheck } from './deliver-check.ts';
import { graphqlCheck } from './graphql-check.ts';
import { grpcCheck } from './grpc-check.ts';
import { guardrailsCheck } from './guardrails-check.ts';
import { limitsCheck } from './limits-check.ts';
import { modelRoutingCheck } from './model-routing-check.ts';
import { soapCheck } from './soap-check.ts';
import { splitCheck } from './split-check.ts';
import { transformCheck } from './transform-check.ts';

/** What a policy's settings name or hold that its shape alone cannot judge; paths are relative to the policy. */
export interface PolicyCheck<Settings> {
  /** Only REST APIs can have it. */
  readonly restOnly?: string;
  /** Only prompt APIs can have it. */
  readonly promptOnly?: string;
  /** Only model APIs can have it. */
  readonly llmOnly?: string;
  /** REST APIs cannot have it. */
  readonly modelsOnly?: string;
  /** Prompt APIs cannot have it. */
  readonly notPrompts?: string;
  /** It answers in place of the route's upstream: a route can have one such policy. */
  readonly answersInstead?: boolean;
  /** Short names of upstreams the settings mention. */
  readonly upstreams?: (settings: Settings) => readonly { readonly path: string; readonly upstream: string }[];
  /** Short names of models the settings mention. */
  readonly models?: (settings: Settings) => readonly { readonly path: string; readonly model: string }[];
  /** Short names of collections the settings mention. */
  readonly collections?: (settings: Settings) => readonly { readonly path: string; readonly collection: string }[];
  /** What cannot be compiled, does not go together, or is not for this kind of API. */
  readonly problems?: (settings: Settings, kind: 'rest' | 'prompt' | 'llm') => readonly FieldIssue[];
  /** The same of what holds on one route: the version's settings with the route's own laid over them. */
  readonly onRoute?: (settings: Settings, route: Place) => readonly FieldIssue[];
}

/** Policies with something to check when they are saved. */
export const POLICY_CHECKS: { readonly [Kind in PolicyKind]?: PolicyCheck<NonNullable<Policies[Kind]>> } = {
  callers: callersCheck,
  split: splitCheck,
  deliver: deliverCheck,
  webSocket: { notPrompts: 'Prompts are not asked over WebSockets.', answersInstead: true },
  graphql: graphqlCheck,
  grpc: grpcCheck,
  transform: transformCheck,
  guardrails: guardrailsCheck,
  limits: limitsCheck,
  compose: composeCheck,
  soap: soapCheck,
  modelRouting: modelRoutingCheck,
  modelCache: {
    llmOnly: 'Only model APIs keep answers of models.',
    models: ({ semantic }) =>
      semantic === undefined || semantic.embedding === 'offline'
        ? []
        : [{ path: 'semantic.embedding', model: semantic.embedding }],
  },
  knowledge: {
    modelsOnly: 'Only models and prompts are given passages of documents.',
    collections: ({ collections }) => collections.map((collection, at) => ({ path: `collections.${at}`, collection })),
  },
  background: { modelsOnly: 'REST APIs accept calls for later by the policy deliver.' },
  batches: { llmOnly: 'Only model APIs run batches.' },
  resumableStreams: { modelsOnly: 'Only answers of models and prompts can be taken up again.' },
  bodyLog: { modelsOnly: 'Bodies are kept of calls to models and prompts only.' },
  promptLabels: { promptOnly: 'Only prompt APIs have labels that callers can ask for.' },
  experiment: { promptOnly: 'Only prompt APIs can try versions of a prompt against each other.' },
  inbound: { restOnly: 'Only REST APIs take webhooks of third parties.' },
};
