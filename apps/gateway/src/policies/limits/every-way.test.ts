import { limitsPolicy } from '@parley/contracts/policies/limits';
import type { ApiVersionSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import { carriedNote } from '../../explain/notes.ts';
import * as pipeline from '../../pipeline.ts';
import type { Chain, EndpointSource } from '../../stage.ts';

/** Chains that ask no upstream and no model, and those that go on with one that does: there it is counted. */
const UNCOUNTED: Readonly<Record<string, string>> = {
  choosingCall: 'goes on with the chosen route’s `chosenRestCall`',
  CHAT: 'goes on with `openChatCall` or `openCountCall`',
  OPERATION: 'goes on with `openOperationCall`',
  REALTIME: 'goes on with `openRealtimeCall`',
  CLIENT_SECRETS: 'goes on with `openSecretCall`',
  apiBatchesCall: 'keeps files and lists of calls; each line runs by a chain of its own',
  BATCHES: 'the same',
  apiJobsCall: 'tells of calls that were counted when they were made',
  JOBS: 'the same',
  lostCall: 'leads nowhere',
  NOWHERE: 'leads nowhere',
  MODELS: 'lists what the caller may use',
  FEEDBACK: 'has a rate of its own',
  TOKEN: 'issues tokens',
  TOKEN_KEYS: 'tells public keys',
  TOKEN_METADATA: 'tells addresses',
  SESSIONS: 'keeps conversations and asks no model; changes have a rate of their own',
  PARTY_ISSUE: 'has a rate of its own',
  PARTY_EXCHANGE: 'the same',
  PARTY_ATTEST: 'the same',
  PARTY_INTROSPECT: 'tells of a token',
  PARTY_EXPLAIN: 'the same',
  PARTY_REVOKE: 'ends a token',
  PARTY_KEYS: 'tells public keys',
};

function source(kind: 'llm' | 'rest' | 'prompt'): EndpointSource {
  const limits = limitsPolicy.parse({ rules: [{ algorithm: 'quota', amount: 1, what: 'requests' }] });
  const target = kind === 'rest' ? { kind, routes: [] } : { kind: 'llm' as const, models: [] };
  const version: ApiVersionSnapshot = {
    id: newId(),
    version: 'v1',
    state: 'published',
    deprecatedAtMs: null,
    sunsetAtMs: null,
    target,
  };
  const api = { id: newId(), slug: 'a', maxBodyBytes: 1, wide: false, budgets: [] };
  const rest = { tenantId: newId(), api, version, route: null, unkept: [], upstreams: new Map(), models: new Map() };
  return { ...rest, policies: { limits } };
}

const ways = Object.entries(pipeline as Readonly<Record<string, unknown>>).map(([name, way]) => {
  const given = source(/rest/i.test(name) ? 'rest' : 'llm');
  return [
    name,
    typeof way === 'function' ? ((way as (of: EndpointSource) => Chain)(given) ?? []) : (way as Chain),
  ] as const;
});

it('knows every way through the gateway', () => {
  expect(ways.length).toBeGreaterThan(25);
  const names = ways.map(([name]) => name);
  expect(Object.keys(UNCOUNTED).filter((name) => !names.includes(name))).toEqual([]);
});

it.each(ways.filter(([name]) => UNCOUNTED[name] === undefined))(
  '%s passes admission before anything is asked',
  (_name, chain) => {
    const at = chain.findIndex((stage) => carriedNote(stage)?.step === 'limits');
    expect(at).toBeGreaterThan(0);
    // What counts, calls or answers comes after it: nothing before it acts.
    expect(at).toBeLessThan(chain.length - 1);
  },
);
