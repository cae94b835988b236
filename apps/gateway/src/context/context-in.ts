import { type Assembled, assemble, type Overflow } from '@parley/context/assemble';
import type { SessionTurn } from '@parley/context/session';
import { estimateCallTokens } from '@parley/llm/neutral/estimate';
import { codecOf } from '@parley/llm/ways';
import { ownTurnCount, withHistory } from '@parley/llm/with-history';
import type { Exchange } from '../exchange.ts';
import { noted } from '../explain/notes.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { callIssue } from '../stages/read-chat.ts';
import { addNote } from '../wire/response-headers.ts';
import { CallContext } from './call-context.ts';
import { type FoundSession, findSession, summaryOf, turnsOf } from './find-session.ts';
import { type ModelWindow, windowOf } from './model-window.ts';
import { permitSession } from './party-access.ts';

/** What must be sent is more than may be (CP-6.4). */
export function overflow({ budget, tokens }: Overflow): Refusal {
  return refusal('context_overflow', {
    message: `What this call must be sent of its session is about ${tokens} tokens; there is room for ${budget}.`,
  });
}

/** CP-4.2. */
function usedOf({ manifest, tokens, fellBack }: Assembled): string {
  const sent = new Set(manifest.filter((entry) => entry.sent).map(({ turn }) => turn));
  const all = new Set(manifest.map(({ turn }) => turn));
  const summarised = new Set(manifest.filter(({ why }) => why === 'summarised').map(({ turn }) => turn)).size;
  const beside = summarised === 0 ? '' : `; summarised=${summarised}`;
  const as = fellBack === null ? '' : `; fell_back=${fellBack}`;
  return `turns=${sent.size}; left_out=${all.size - sent.size - summarised}; tokens=${tokens}${beside}${as}`;
}

function noteUse(exchange: Exchange, { publicId }: FoundSession, assembled: Assembled): void {
  addNote(exchange, 'x-context-id', publicId);
  addNote(exchange, 'x-context-used', usedOf(assembled));
}

/** Puts what was said before in front of what the call says now. */
function putIn(
  exchange: Exchange,
  ports: Ports,
  session: FoundSession,
  turns: readonly SessionTurn[],
  model: ModelWindow,
): Refusal | null {
  const { chat } = exchange;
  const call = chat === null ? null : (codecOf(chat.protocol)?.client?.read(chat) ?? null);
  if (chat === null || call === null) return refusal('internal');
  if ('malformed' in call) return callIssue(call);
  const assembled = assemble({
    settings: session.settings,
    turns,
    request: call.turns.filter(({ role }) => role !== 'system'),
    requestTokens: estimateCallTokens(call),
    window: model.window,
    maxOutputTokens: call.maxOutputTokens ?? null,
    modelMaxOutputTokens: model.maxOutputTokens,
    exact: model.exact,
    summary: summaryOf(session),
  });
  if ('overflow' in assembled) return overflow(assembled);
  const own = ownTurnCount(chat);
  const whole = withHistory(chat, { instructions: assembled.instructions, turns: assembled.history });
  if (whole === null) return refusal('unsupported_parameter', { message: 'Calls of this form take no context.' });
  exchange.chat = whole;
  exchange.context = new CallContext(exchange, ports, session, own);
  exchange.sessionHeader ??= session.publicId;
  noteUse(exchange, session, assembled);
  const { summaryDue } = assembled;
  if (summaryDue !== null) ports.contexts.summaries.begin(exchange, ports, session, turns, summaryDue);
  return null;
}

async function bring(exchange: Exchange, ports: Ports, publicId: string): Promise<Refusal | null> {
  const { model } = exchange;
  if (model === null) return refusal('internal');
  if (!ports.contexts.spool.accepts()) return refusal('context_unavailable', { retryAfterSeconds: 5 });
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const denied = permitSession(exchange, session, 'session:read', 'session:append');
  if (denied !== null) return denied;
  if (session.hot.state === 'archived') return refusal('context_archived');
  const turns = await turnsOf(session, ports);
  if (turns instanceof Refusal) return turns;
  const window = await windowOf(model);
  return exchange.settled ? null : putIn(exchange, ports, session, turns, window);
}

const stage: Stage = (exchange, ports) => {
  const { contextHeader } = exchange;
  return contextHeader === null ? null : bring(exchange, ports, contextHeader);
};

/** Goes on with the session that `X-Context-ID` names (docs/context-protocol.md, CP-4.1): its history comes into the call. */
export const contextIn = noted(stage, {
  step: null,
  policy: null,
  harmless: false,
  sentence: ({ contextHeader }) => (contextHeader === null ? '' : 'What its session holds would be put before it.'),
});
