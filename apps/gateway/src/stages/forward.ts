import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { UpstreamCall } from '../upstream/call.ts';
import { chatForm } from './chat-form.ts';
import { answerPrompt, PromptForm } from './prompt-form.ts';
import { refuse } from './refuse.ts';
import type { Relay } from './relay.ts';
import { answerChat, CompletionRelay } from './relay-completion.ts';
import { RestRelay } from './relay-rest.ts';
import { StreamRelay } from './relay-stream.ts';

function relayFor(exchange: Exchange, ports: Ports): Relay {
  if (exchange.way === 'rest') return new RestRelay(exchange, ports);
  const chat = exchange.chat;
  if (!exchange.stream) return new CompletionRelay(exchange, ports, chat === null ? answerPrompt : answerChat);
  if (chat === null) return new StreamRelay(exchange, ports, new PromptForm(), true);
  return new StreamRelay(exchange, ports, chatForm, !chat.wantsUsage);
}

/** Calls the upstream; its relay carries the answer to the caller and settles the call at its end. */
export function forward(exchange: Exchange, ports: Ports): void {
  const request = exchange.upstreamRequest;
  if (request === null) return refuse(exchange, refusal('internal'), ports);
  const relay = relayFor(exchange, ports);
  const call = new UpstreamCall(exchange, request, relay, ports.deadlines);
  exchange.relay = relay;
  exchange.call = call;
  call.start();
}
