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
  acceptAsNew: 'accepted',
  retry: 'retried',
  test: 'tested',
  dismiss: 'dismissed',
  save: 'saved',
  saveVersion: 'saved a version of',
  setDefinition: 'set what is behind',
  importOpenapi: 'imported an OpenAPI document into',
  setPolicies: 'set the policies of',
  purgeCache: 'emptied the cache of',
  submit: 'submitted for review',
  withdraw: 'withdrew from review',
  restore: 'restored',
  moveBack: 'moved back',
  verify: 'looked up the record of',
  changeRole: 'changed the role of',
  addFromCatalogue: 'added from the catalogue',
  addIdentity: 'added an identity to',
  buyCredit: 'went to buy credit for',
  keepCard: 'went to leave a card for',
  openPortal: 'opened Stripe’s pages of',
  removeIdentity: 'removed an identity from',
  explain: 'asked what a call would meet at',
  tryMapping: 'tried a mapping for',
  preview: 'previewed',
  previewRequest: 'previewed a request to',
  try: 'tried',
  addMember: 'added a member to',
  removeMember: 'removed a member from',
  set: 'set',
  changePlan: 'changed the plan of',
  setPrice: 'set a price for',
  simulatePrice: 'asked what another price would have cost on',
  start: 'started',
  stop: 'stopped',
  replay: 'sent again',
  replayFailed: 'sent again what had failed of',
  rotateSecret: 'rotated the signing secret of',
  leave: 'left as',
  resend: 'sent again',
  signUp: 'signed up',
  decide: 'decided on',
  requestIncrease: 'asked for more of',
  decideIncrease: 'decided on more of',
  endIncrease: 'ended an increase of',
  apply: 'applied',
  ask: 'asked the models of',
  cancelBatch: 'cancelled a batch of',
  readBatch: 'read what a batch was answered of',
  replayCallback: 'sent a callback of a job again of',
  readBodies: 'read what was asked and answered in',
  give: 'gave',
  void: 'took back',
  credit: 'wrote a credit note for',
  recordPayment: 'recorded a payment for',
};

const NOUNS: Readonly<Record<string, string>> = {
  apiAliases: 'the alias',
  apis: 'the API',
  apiVersions: 'the version',
  applications: 'the application',
  creditGrants: 'credit of',
  deadLetters: 'the failed job',
  payments: 'the billing account',
  stripeEvents: 'what Stripe told',
  declarations: 'the declaration',
  deliveries: 'the delivery',
  guardrails: 'guardrails',
  hosts: 'the host',
  invitations: 'the invitation for',
  invoices: 'the invoice',
  keys: 'the key',
  managementTokens: 'the management token',
  members: 'the member',
  modelPrices: 'a price for',
  models: 'the model',
  plans: 'the plan',
  policies: 'a policy',
  prompts: 'the prompt',
  promptLabels: 'the label',
  promptDatasets: 'the dataset',
  promptRuns: 'the test run',
  promptPartials: 'the shared text',
  providerKeys: 'a key of the provider',
  providers: 'the provider',
  requests: 'the call',
  roles: 'the role',
  subscriptions: 'the subscription',
  teams: 'the team',
  tenants: 'the tenant',
  upstreams: 'the upstream',
  budgets: 'the budget',
  webhookDestinations: 'the destination',
  webhookSecrets: 'a webhook secret of',
};

/** An audit action as a sentence's middle: `apis.publish` → `published the API`; the action itself when it has no words. */
export function auditWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  const words = VERBS[verb];
  const thing = NOUNS[noun];
  return words && thing ? `${words} ${thing}` : action;
}

/** The same as the beginning of a sentence: `Published the API`. */
export function auditDeed(action: string): string {
  const words = auditWords(action);
  return words === action ? action : sentence(words);
}

/** An audit action's actor: `Ruth Runner <ruth@example.test>` → `Ruth Runner`, `token “ci” (…)` → `Token “ci”`. */
export function auditActor(label: string): string {
  return sentence(label.replace(/\s*[<(][^>)]*[>)]$/, ''));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
