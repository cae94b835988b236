import type { Guard } from '@parley/guard/guard';
import type { GuardPart } from '@parley/guard/part';
import type { ClientCall, Target } from '@parley/llm/codec';
import type { Call } from '@parley/llm/neutral/call';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { callIssue } from '../../stages/read-chat.ts';
import { CallGuard } from './call-guard.ts';
import { partsOf, withTexts } from './call-texts.ts';
import { guardStage } from './guard-stage.ts';

/** Looks into what a model is to be asked: refuses it, or masks it; `null` without the policy. */
export function guardCall(source: EndpointSource): Stage | null {
  return guardStage(source, checkCall);
}

function checkCall(exchange: Exchange, guard: Guard): Refusal | null {
  const { chat } = exchange;
  const codec = chat === null ? null : codecOf(chat.protocol);
  if (chat === null || !codec?.client) return refusal('internal');
  const call = codec.client.read(chat);
  if ('malformed' in call) return callIssue(call);
  const parts = markedParts(partsOf(call), exchange.knowledge);
  const own = new CallGuard(guard, parts, call.output !== undefined);
  exchange.guard = own;
  const { texts, verdict } = guard.checkInput(parts, own.placeholders);
  for (const { count, ...finding } of verdict.findings) for (let i = 0; i < count; i++) own.found.add(finding);
  own.sent = parts.map((part, index) => ({ ...part, text: texts[index] ?? part.text }));
  const stopped = own.refusal();
  if (stopped !== null) return stopped;
  if (!texts.some((text, index) => text !== parts[index]?.text)) return null;
  const masked = rewritten(exchange, chat, withTexts(call, texts));
  if ('code' in masked) return masked;
  exchange.chat = masked;
  return null;
}

/** Passages of documents speak for nobody, whatever turn they stand in. */
function markedParts(parts: readonly GuardPart[], given: Exchange['knowledge']): readonly GuardPart[] {
  if (given === null) return parts;
  return parts.map((part) => (part.text.includes(given.key) ? { ...part, source: 'document' } : part));
}

/** The masked call in its client's own words, so that everything after reads it as if it had come so. */
export function rewritten(exchange: Exchange, chat: ClientCall, call: Call): ClientCall | Refusal {
  const writer = codecOf(chat.protocol)?.provider ?? null;
  if (writer === null) return refusal('internal');
  const { body, losses } = writer.write(call, targetOf(exchange, chat));
  const [lost] = losses;
  if (lost !== undefined) {
    const message = `\`${lost.path}\` cannot be masked in this call: ${lost.why}.`;
    return refusal('unsupported_parameter', { message, param: lost.path });
  }
  return { ...chat, text: body, body: JSON.parse(body) as Record<string, unknown> };
}

/** What the writer has to know: of the model, where it speaks the client's protocol; else only its name. */
function targetOf({ model }: Exchange, chat: ClientCall): Target {
  const format = model?.provider?.format;
  if (!model || format?.protocol !== chat.protocol) return { model: chat.model, maxOutputTokens: null, quirks: {} };
  return { ...model.target, model: chat.model, quirks: { ...format.quirks, ...model.target.quirks } };
}
