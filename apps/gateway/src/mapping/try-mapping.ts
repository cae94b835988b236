import type { MappingTrial, MappingTrialReply } from '@parley/contracts/mapping-trial';
import { NO_PARTY } from '@parley/domain/expressions/party-facts';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { Ports } from '../ports/ports.ts';

/** The call of nobody in particular. */
const FACTS: MappingFacts = {
  request: { id: 'trial', method: 'POST', path: '/', headers: {}, query: {}, params: {} },
  caller: { application: '', tenant: '', subject: '', scopes: [] },
  party: NO_PARTY,
  plan: '',
  api: '',
  version: '',
  route: '',
  response: { status: 200, headers: {} },
};

/** Maps a body as a call's would be, on the same threads and within the same bounds; nothing is called or kept. */
export async function tryMapping({ mapping, body, tenantId }: MappingTrial, ports: Ports): Promise<MappingTrialReply> {
  const mapped = await ports.mapper.map({
    tenantId,
    applicationId: 'trial',
    mapping,
    body: Buffer.from(body),
    charset: 'utf-8',
    facts: FACTS,
  });
  return mapped.ok
    ? { output: Buffer.from(mapped.bytes).toString('utf8'), problem: null }
    : { output: null, problem: mapped.message };
}
