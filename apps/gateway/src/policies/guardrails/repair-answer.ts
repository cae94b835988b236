import { repairWords } from '@parley/llm/prompt/output';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { rewritten } from './guardrails.ts';

/** Before an answer is read: whether one that does not fit its schema may be asked for once more. */
export function allowRepair({ guard, earlier }: Exchange): void {
  if (guard !== null) guard.repairs = guard.guard.policy.answerSchema?.mode === 'repair' && earlier === null;
}

/** What the schema made of the answer that goes to the caller, for the record. */
export function noteAnswerCheck(exchange: Exchange): void {
  const { guard, earlier } = exchange;
  if (guard === null || !guard.guard.answers.hasSchema) return;
  exchange.outputCheck = guard.misfit !== null ? 'failed' : earlier === null ? 'first' : 'repaired';
}

/** Puts the model's own answer and what is wrong with it behind the call. */
export function addRepair(exchange: Exchange, said: string, problem: string): Refusal | null {
  const { chat } = exchange;
  const codec = chat === null ? null : codecOf(chat.protocol);
  if (chat === null || !codec?.client) return refusal('internal');
  const call = codec.client.read(chat);
  if ('malformed' in call) return refusal('internal');
  const { answer, ask } = repairWords(said, problem);
  const turns = [
    ...call.turns,
    { role: 'assistant' as const, parts: [{ kind: 'text' as const, text: answer }] },
    { role: 'user' as const, parts: [{ kind: 'text' as const, text: ask }] },
  ];
  const asked = rewritten(exchange, chat, { ...call, turns });
  if ('code' in asked) return asked;
  exchange.chat = asked;
  return null;
}
