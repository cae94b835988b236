import { codecOf } from '@parley/llm/ways';
import { onlyOwnTurns } from '@parley/llm/with-history';
import type { Exchange } from '../exchange.ts';
import { noted } from '../explain/notes.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { callIssue } from '../stages/read-chat.ts';
import type { CallContext } from './call-context.ts';
import { contextUnavailable } from './find-session.ts';
import { isTooLarge } from './fit-messages.ts';

/** What a step of a turn that was not taken is answered with. */
export const NOT_TAKEN = {
  absent: 'context_unavailable',
  deleted: 'context_not_found',
  archived: 'context_archived',
  changed: 'context_changed',
  full: 'context_full',
} as const;

async function begin(exchange: Exchange, ports: Ports, context: CallContext): Promise<Refusal | null> {
  const { chat } = exchange;
  const client = chat === null ? null : (codecOf(chat.protocol)?.client ?? null);
  if (chat === null || client === null) return refusal('internal');
  // As guardrails have left it.
  const own = onlyOwnTurns(chat, context.ownTurns);
  const call = own === null ? null : client.read(own);
  if (call === null) return refusal('internal');
  if ('malformed' in call) return callIssue(call);
  const question = call.turns.filter(({ role }) => role !== 'system');
  if (isTooLarge(question)) return refusal('context_full', { message: 'A turn may hold 1 MiB at most.' });
  try {
    const taken = await context.begin(chat, question);
    if (taken.said === 'ok' || taken.said === 'known') return null;
    const code = NOT_TAKEN[taken.said];
    return code === 'context_unavailable' ? contextUnavailable() : refusal(code);
  } catch (error) {
    ports.log.warn('a turn could not begin', { error });
    return contextUnavailable();
  }
}

const stage: Stage = (exchange, ports) => (exchange.context === null ? null : begin(exchange, ports, exchange.context));

/** Takes the call's place in its session (CP-7.1), after all that can refuse or repeat it, before a model is asked. */
export const beginTurn = noted(stage, { step: null, policy: null, harmless: false, sentence: () => '' });
