import { describe, expect, it } from 'vitest';
import type { PartyClaims } from './claims.ts';
import { decide, type Question } from './decide.ts';

const API = 'urn:parley:api:1';
type Manifest = Parameters<typeof decide>[0];
const manifest = (more: Partial<PartyClaims> = {}): Manifest => ({
  aud: [API],
  sub: 'customer',
  act: { sub: 'bot' },
  parties: [
    { id: 'customer', kind: 'user', role: 'customer', permissions: [{ actions: ['*'], resources: ['api:**'] }] },
    {
      id: 'bot',
      kind: 'agent',
      role: 'assistant',
      permissions: [{ actions: ['api:read'], resources: ['api:a/b/v1/**'] }],
    },
  ],
  ...more,
});
const ask = (more: Partial<Question> = {}): Question => ({
  action: 'api:read',
  resource: 'api:a/b/v1/x',
  audience: API,
  ...more,
});
const rule = (token: Manifest, question: Question): [boolean, string] => {
  const { allowed, rule: by } = decide(token, question);
  return [allowed, by];
};

describe('the decision (PT-4.5, PT-4.6)', () => {
  it.each([
    ['a permission of the acting party', {}, {}, true, 'parties[1].permissions[0]'],
    ['nothing that only the principal may do', {}, { action: 'api:write' }, false, 'default'],
    ['an audience of another API', {}, { audience: 'urn:parley:api:2' }, false, 'audience'],
    ['data above its class', { data: 'internal' }, { data: 'confidential' }, false, 'data'],
    ['data of its class', { data: 'internal' }, { data: 'internal' }, true, 'parties[1].permissions[0]'],
    [
      'a rule for everybody',
      { rules: [{ effect: 'allow', actions: ['api:*'], resources: ['api:a/b/v1/y'] }] },
      { action: 'api:write', resource: 'api:a/b/v1/y' },
      true,
      'rules[0]',
    ],
    [
      'a denial before a permission',
      { rules: [{ effect: 'deny', name: 'no x', actions: ['*'], resources: ['api:a/b/v1/x'] }] },
      {},
      false,
      'rules[0] (no x)',
    ],
    [
      'no denial of somebody else',
      { rules: [{ effect: 'deny', who: { kinds: ['user'] }, actions: ['*'], resources: ['api:**'] }] },
      {},
      true,
      'parties[1].permissions[0]',
    ],
    [
      'a rule by role and id',
      {
        rules: [{ effect: 'deny', who: { roles: ['assistant'], ids: ['bot'] }, actions: ['*'], resources: ['api:**'] }],
      },
      {},
      false,
      'rules[0]',
    ],
    ['nobody who is not a party', { act: { sub: 'ghost' } }, {}, false, 'default'],
  ] as const)('%s', (_what, more, question, allowed, by) => {
    expect(rule(manifest(more as unknown as Partial<PartyClaims>), ask(question as Partial<Question>))).toEqual([
      allowed,
      by,
    ]);
  });
});

describe('conditions (PT-4.4)', () => {
  const when = (condition: object, more: Partial<PartyClaims> = {}): boolean => {
    const rules = [{ effect: 'allow', actions: ['api:write'], resources: ['api:**'], when: condition }];
    return decide(manifest({ rules, ...more } as unknown as Partial<PartyClaims>), ask({ action: 'api:write' }))
      .allowed;
  };

  it('hold on the stage, on who is there and on who is not, all together', () => {
    expect(when({ stages: ['refund'] }, { stage: 'refund' })).toBe(true);
    expect(when({ stages: ['refund'] }, { stage: 'triage' })).toBe(false);
    expect(when({ stages: ['refund'] })).toBe(false);
    expect(when({ present: ['customer', 'assistant'], kindsPresent: ['user'] })).toBe(true);
    expect(when({ present: ['supervisor'] })).toBe(false);
    expect(when({ kindsPresent: ['service'] })).toBe(false);
    expect(when({ absent: ['supervisor'] })).toBe(true);
    expect(when({ absent: ['customer'] })).toBe(false);
    expect(when({ present: ['customer'], stages: ['refund'] }, { stage: 'triage' })).toBe(false);
  });
});
