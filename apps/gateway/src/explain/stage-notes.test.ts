import { POLICIES, type PolicyKind, policiesSchema } from '@parley/contracts/policies';
import type { ApiVersionSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import {
  apiChatCall,
  apiCountCall,
  apiModelsCall,
  apiOperationCall,
  apiRealtimeCall,
  apiSecretCall,
  CHAT,
  CLIENT_SECRETS,
  FEEDBACK,
  lostCall,
  MODELS,
  NOWHERE,
  OPERATION,
  openChatCall,
  openCountCall,
  openOperationCall,
  openRealtimeCall,
  openSecretCall,
  promptCall,
  REALTIME,
  restCall,
} from '../pipeline.ts';
import type { Chain, EndpointSource } from '../stage.ts';
import { noteOf } from './stage-notes.ts';

/** Settings with which a policy has all its stages, where `{}` is not enough. */
const FULL: Readonly<Partial<Record<PolicyKind, object>>> = {
  callers: { scopes: ['orders:read'] },
  limits: { rules: [{ algorithm: 'window', amount: 1 }] },
  inbound: { sender: { scheme: 'github' }, application: 'hooks' },
  promptLabels: { allow: ['staging'] },
  experiment: {
    variants: [
      { name: 'a', weight: 5000 },
      { name: 'b', weight: 5000, model: 'other' },
    ],
  },
  ipAccess: { deny: ['192.0.2.1'] },
  knowledge: { collections: ['handbook'] },
};

function sourceOf(kinds: readonly PolicyKind[]): EndpointSource {
  const policies = Object.fromEntries(
    kinds
      .map((kind) => [kind, FULL[kind] ?? {}])
      .filter(([kind, value]) => POLICIES[kind as PolicyKind].safeParse(value).success),
  );
  const version: ApiVersionSnapshot = {
    id: newId(),
    version: 'v1',
    state: 'published',
    deprecatedAtMs: null,
    sunsetAtMs: null,
    target: { kind: 'llm', models: [] },
  };
  const api = { id: newId(), slug: 'a', maxBodyBytes: 1, wide: false, budgets: [] };
  const rest = { tenantId: newId(), api, version, route: null, unkept: [], upstreams: new Map(), models: new Map() };
  return { ...rest, policies: policiesSchema.parse(policies) };
}

const chainsOf = (source: EndpointSource): Chain[] => [
  restCall(source),
  promptCall(source),
  apiChatCall(source),
  apiCountCall(source),
  apiModelsCall(source),
  openChatCall(source),
  openCountCall(source),
  apiOperationCall(source),
  openOperationCall(source),
  apiRealtimeCall(source),
  openRealtimeCall(source),
  apiSecretCall(source),
  openSecretCall(source),
  lostCall(source),
];

it('every stage of every chain is described: whether a dry run may run it, and what it says', () => {
  const kinds = Object.keys(POLICIES) as PolicyKind[];
  const chains = [
    CHAT,
    OPERATION,
    REALTIME,
    CLIENT_SECRETS,
    FEEDBACK,
    MODELS,
    NOWHERE,
    ...chainsOf(sourceOf([])),
    ...chainsOf(sourceOf(kinds)),
  ];
  for (const [number, chain] of chains.entries()) {
    for (const [at, stage] of chain.entries()) {
      expect(noteOf(stage), `stage ${at + 1} of chain ${number + 1} (${stage.name}) has no note`).toBeDefined();
    }
  }
});

it('nothing that counts, calls or answers is run in a dry run', () => {
  for (const chain of chainsOf(sourceOf([]))) {
    const last = chain.at(-1);
    if (last?.name === 'tellLost') continue;
    expect(last && noteOf(last)?.harmless, last?.name).toBe(false);
  }
});
