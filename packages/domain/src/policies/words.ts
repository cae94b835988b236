import type { PolicyKind } from '@parley/contracts/policies';

export interface PolicyWords {
  readonly title: string;
  /** What it is for, in one short sentence. */
  readonly purpose: string;
}

/** What each policy is called and what it is for, as people choose it from a list. */
export const POLICY_WORDS: Readonly<Record<PolicyKind, PolicyWords>> = {
  callers: { title: 'Callers', purpose: 'Say how callers show who they are, and which scopes they need.' },
  inbound: {
    title: 'Inbound webhook',
    purpose: 'Take calls of a third party by its signature instead of a key, each delivery once.',
  },
  priority: { title: 'Priority', purpose: 'Say which calls go on while a gateway node is overloaded.' },
  limits: { title: 'Limits', purpose: 'Say how often and how much may be called, beside the caller’s plan.' },
  ipAccess: { title: 'IP addresses', purpose: 'Say which addresses and networks may call.' },
  cache: { title: 'Cache', purpose: 'Keep answers and give them again, as RFC 9111 has it.' },
  idempotency: {
    title: 'Idempotency keys',
    purpose: 'Answer a repeated call with the first answer, and do nothing twice.',
  },
  compose: {
    title: 'Composition',
    purpose: 'Answer one call from several: steps to upstreams, made into one reply.',
  },
  transform: {
    title: 'Transformation',
    purpose: 'Change headers, queries and bodies on the way to the upstream and back; JSON and XML.',
  },
  split: { title: 'Traffic split', purpose: 'Spread calls over several upstreams, or copy them to another.' },
  deliver: {
    title: 'Deliver later',
    purpose: 'Accept calls at once, and deliver them as signed webhooks that are tried again.',
  },
  brownOuts: {
    title: 'Brown-outs',
    purpose: 'Refuse calls to a deprecated version for a while, so that its callers notice.',
  },
  contract: { title: 'Contract', purpose: 'Hold calls and answers to the imported OpenAPI document.' },
  webSocket: { title: 'WebSocket', purpose: 'Pass WebSockets through, within bounds.' },
  grpc: { title: 'gRPC', purpose: 'Answer a route by calling a method of a gRPC service.' },
  graphql: { title: 'GraphQL', purpose: 'Answer a route with a query that is written here, from a GraphQL service.' },
  soap: { title: 'SOAP', purpose: 'Answer a route with an operation of a SOAP service, JSON in and out, by its WSDL.' },
  modelRouting: {
    title: 'Model routing',
    purpose: 'Spread calls over models, repeat what failed, and fall back to another model.',
  },
  modelCache: {
    title: 'Model cache',
    purpose: 'Keep answers of models, and give them again to calls that ask the very same.',
  },
  background: {
    title: 'Background',
    purpose: 'Say which calls to models may be answered later, and how long results are kept.',
  },
  batches: {
    title: 'Batches',
    purpose:
      'Say whether many calls to models may be sent as one file, how large it may be, and how fast it is worked off.',
  },
  resumableStreams: {
    title: 'Resumable streams',
    purpose: 'Say which streamed answers can be taken up again where the connection broke.',
  },
  knowledge: {
    title: 'Knowledge',
    purpose: 'Put passages of your documents into calls to models, and say where they stand.',
  },
  promptLabels: { title: 'Prompt labels', purpose: 'Say which labels of the prompt callers may ask for.' },
  experiment: {
    title: 'Experiment',
    purpose: 'Try versions of a prompt, or models, against each other on real calls.',
  },
  guardrails: {
    title: 'Guardrails',
    purpose: 'Mask or refuse personal data, secrets and attempts to turn the model, in calls and answers.',
  },
  bodyLog: {
    title: 'Body log',
    purpose: 'Keep what was asked and answered in some calls for a while, with personal data and secrets struck out.',
  },
  shield: { title: 'Shield', purpose: 'Stop requests that look like attacks or hold too much.' },
};
