import type { CelVariables } from './cel.ts';

/** What is known of who calls by a party token (docs/party-tokens.md); texts are empty where the token says nothing. */
export interface PartyFacts {
  /** The acting party. */
  readonly id: string;
  readonly kind: string;
  readonly role: string;
  /** Id of the party for whom it acts; its own where it acts for itself. */
  readonly principal: string;
  readonly stage: string;
  readonly tier: string;
  readonly dataClass: string;
  /** The session the token opens. */
  readonly session: string;
  /** Roles of all who take part. */
  readonly roles: readonly string[];
  /** The small context the token carries. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Of a call without a party token. */
export const NO_PARTY: PartyFacts = {
  id: '',
  kind: '',
  role: '',
  principal: '',
  stage: '',
  tier: '',
  dataClass: '',
  session: '',
  roles: [],
  context: {},
};

/** The same as variables of expressions; docs/expressions.md has the table. */
export const PARTY_VARIABLES: CelVariables = {
  'party.id': 'string',
  'party.kind': 'string',
  'party.role': 'string',
  'party.principal': 'string',
  'party.stage': 'string',
  'party.tier': 'string',
  'party.dataClass': 'string',
  'party.session': 'string',
  'party.roles': 'list<string>',
  'party.context': 'dyn',
};
