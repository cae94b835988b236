import type { KnowledgePassage } from '@parley/contracts/knowledge';
import type { KnowledgePolicy } from '@parley/contracts/policies/knowledge';
import { withHistory } from '@parley/llm/with-history';
import type { Exchange } from '../../exchange.ts';
import { acting } from '../../explain/notes.ts';
import { lastTurns } from '../../models/embedding/last-turns.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { addNote } from '../../wire/response-headers.ts';
import { citationHeader, fitting, passagesTurn } from './passages-turn.ts';

const RETRY_SECONDS = 2;
/** Of a long question its end is searched by: there people usually ask. */
const MOST_SEARCHED = 2000;
const MOST_READ = 200_000;

/** Puts passages of documents before what the caller asks; `null` without the policy. */
export function knowledge({ policies, tenantId }: EndpointSource): Stage | null {
  const policy = policies.knowledge;
  if (policy === undefined) return null;
  return acting('knowledge', (exchange, ports) => {
    const { chat } = exchange;
    const question = chat === null ? null : (lastTurns(chat.body, 1, MOST_READ)?.texts[0] ?? null);
    // An answer of a tool, or a picture alone, asks nothing that could be looked for.
    return question === null ? null : bring(exchange, ports, { policy, tenantId, question: question.trim() });
  });
}

interface Ask {
  readonly policy: KnowledgePolicy;
  readonly tenantId: string;
  readonly question: string;
}

async function bring(exchange: Exchange, ports: Ports, ask: Ask): Promise<Refusal | null> {
  const found = await search(ports, ask);
  if (exchange.settled) return null;
  if (found === null) {
    if (ask.policy.onFailure === 'refuse')
      return refusal('knowledge_unavailable', { retryAfterSeconds: RETRY_SECONDS });
    addNote(exchange, 'x-parley-knowledge-missing', 'unavailable');
    return null;
  }
  const passages = fitting(found, ask.policy.maxCharacters);
  return passages.length === 0 ? null : putIn(exchange, passages, ask.question);
}

async function search(ports: Ports, { policy, tenantId, question }: Ask): Promise<KnowledgePassage[] | null> {
  const { collections, mode, passages: limit, filter, withinMs } = policy;
  try {
    const tenant = await ports.snapshot.tenantById(tenantId);
    if (typeof tenant === 'string' || tenant.dataKey === null) return null;
    const text = question.slice(-MOST_SEARCHED).toWellFormed();
    const owner = { tenantId, dataKey: tenant.dataKey };
    return await ports.knowledge.ask(owner, { collections, text, mode, limit, filter }, withinMs);
  } catch (error) {
    ports.log.warn('collections cannot be searched', { error, tenantId });
    return null;
  }
}

function putIn(exchange: Exchange, passages: readonly KnowledgePassage[], question: string): Refusal | null {
  const { chat, context } = exchange;
  if (chat === null) return refusal('internal');
  const turn = passagesTurn(passages, question);
  const whole = withHistory(chat, turn, Math.max(1, context?.ownTurns ?? 1));
  if (whole === null) return refusal('unsupported_parameter', { message: 'Calls of this form take no passages.' });
  exchange.chat = whole;
  exchange.knowledge = {
    key: turn.key,
    record: passages.map(({ collection, document, passage, start, end }) => {
      return { collection, document, passage, start, end };
    }),
  };
  addNote(exchange, 'x-parley-citations', citationHeader(passages));
  return null;
}
