import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { Refusal } from '../refusals.ts';
import { chatForm } from './chat-form.ts';
import { answerPrompt, PromptForm } from './prompt-form.ts';
import { answerChat, CompletionRelay } from './relay-completion.ts';
import { StreamRelay } from './relay-stream.ts';
import { start } from './start-call.ts';

/** Calls a model for a chat client. Like the other a last stage: its relay carries the answer and settles the call. */
export function forwardChat(exchange: Exchange, ports: Ports): Refusal | null {
  if (!exchange.stream) return start(exchange, ports, new CompletionRelay(exchange, ports, answerChat));
  return start(exchange, ports, new StreamRelay(exchange, ports, chatForm, !exchange.chat?.wantsUsage));
}

/** Calls a model for a prompt endpoint. */
export function forwardPrompt(exchange: Exchange, ports: Ports): Refusal | null {
  if (!exchange.stream) return start(exchange, ports, new CompletionRelay(exchange, ports, answerPrompt));
  return start(exchange, ports, new StreamRelay(exchange, ports, new PromptForm(), true));
}
