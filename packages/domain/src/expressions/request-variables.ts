import { CelLanguage, type CelVariables } from './cel.ts';
import { PARTY_VARIABLES } from './party-facts.ts';

/** What expressions about a call may read, with what it is; docs/expressions.md has the same table. */
export const REQUEST_VARIABLES: CelVariables = {
  'request.method': 'string',
  'request.path': 'string',
  'request.headers': 'map<string, string>',
  'request.query': 'map<string, string>',
  'request.cookies': 'map<string, string>',
  'request.params': 'map<string, string>',
  'request.body': 'dyn',
  'client.address': 'string',
  'client.country': 'string',
  'caller.application': 'string',
  'caller.tenant': 'string',
  'caller.scopes': 'list<string>',
  'caller.subject': 'string',
  plan: 'string',
  ...PARTY_VARIABLES,
};

/** Expressions about a call. */
export const REQUEST_LANGUAGE = new CelLanguage(REQUEST_VARIABLES);
