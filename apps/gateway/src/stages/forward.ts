import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { BalancedCall } from '../upstream/balanced-call.ts';
import { UpstreamCall } from '../upstream/call.ts';
import { chatForm } from './chat-form.ts';
import { answerPrompt, PromptForm } from './prompt-form.ts';
import type { Relay } from './relay.ts';
import { answerChat, CompletionRelay } from './relay-completion.ts';
import { StreamRelay } from './relay-stream.ts';

/** Makes the call and gives its answer to a relay. */
export function start(exchange: Exchange, ports: Ports, relay: Relay): Refusal | null {
  const request = exchange.upstreamRequest;
  if (request === null) return refusal('internal');
  exchange.relay = relay;
  if (request.group !== null) {
    const balanced = new BalancedCall(exchange, request, request.group, relay, ports.deadlines);
    exchange.call = balanced;
    return balanced.start();
  }
  const call = new UpstreamCall(exchange, request, relay, ports.deadlines);
  exchange.call = call;
  call.start();
  return null;
}

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
