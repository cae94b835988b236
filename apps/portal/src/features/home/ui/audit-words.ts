const VERBS: Readonly<Record<string, string>> = {
  create: 'created',
  add: 'added',
  update: 'changed',
  delete: 'deleted',
  remove: 'removed',
  publish: 'published',
  deprecate: 'deprecated',
  retire: 'retired',
  rollback: 'rolled back',
  archive: 'archived',
  enable: 'switched on',
  disable: 'switched off',
  request: 'asked for',
  approve: 'approved',
  refuse: 'refused',
  suspend: 'suspended',
  resume: 'resumed',
  revoke: 'revoked',
  cancel: 'cancelled',
  rotate: 'rotated',
  accept: 'accepted',
  retry: 'retried',
  dismiss: 'dismissed',
  'save-version': 'saved a version of',
  'set-definition': 'changed the definition of',
};

const NOUNS: Readonly<Record<string, string>> = {
  apis: 'the API',
  'api-versions': 'the version',
  applications: 'the application',
  'dead-letters': 'the failed job',
  invitations: 'the invitation for',
  keys: 'the key',
  'management-tokens': 'the management token',
  members: 'the member',
  'model-prices': 'a price for',
  models: 'the model',
  plans: 'the plan',
  prompts: 'the prompt',
  'provider-keys': 'a key of the provider',
  providers: 'the provider',
  subscriptions: 'the subscription',
  teams: 'the team',
  tenants: 'the tenant',
  upstreams: 'the upstream',
};

/** An audit action as a sentence's middle: `apis.publish` → `published the API`; the action itself when it has no words. */
export function auditWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  const words = VERBS[verb];
  return words ? `${words} ${NOUNS[noun] ?? `in ${noun}`}` : action;
}
