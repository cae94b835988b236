import { listApplications } from '@parley/services/applications/list';
import { listContextSessions } from '@parley/services/context-sessions/list';
import { listKeys } from '@parley/services/keys/list';
import { explainPartyToken } from '@parley/services/party-tokens/explain';
import { inspectPartyToken } from '@parley/services/party-tokens/inspect';
import { issuePartyToken } from '@parley/services/party-tokens/issue';
import { listPartyTokens } from '@parley/services/party-tokens/list';
import { revokePartyToken } from '@parley/services/party-tokens/revoke';
import { listSubscriptions } from '@parley/services/subscriptions/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const partyTokensRouter = t.router({
  list: procedureFor(listPartyTokens),
  issue: procedureFor(issuePartyToken),
  inspect: procedureFor(inspectPartyToken),
  explain: procedureFor(explainPartyToken),
  revoke: procedureFor(revokePartyToken),
  /** What a token can be issued from, and for. */
  applications: procedureFor(listApplications),
  keys: procedureFor(listKeys),
  subscriptions: procedureFor(listSubscriptions),
  sessions: procedureFor(listContextSessions),
});
