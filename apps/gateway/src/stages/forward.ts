import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { answerChat } from './answer-chat.ts';
import { chatForm } from './chat-form.ts';
import { answerPrompt, promptForm } from './prompt-form.ts';
import { type Answer, CompletionRelay } from './relay-completion.ts';
import { type StreamForm, StreamRelay } from './relay-stream.ts';
import { start } from './start-call.ts';

type MakeForm = (exchange: Exchange, ports: Ports) => StreamForm | null;

function forward(exchange: Exchange, ports: Ports, answer: Answer, makeForm: MakeForm): Refusal | null {
  if (!exchange.stream) return start(exchange, ports, new CompletionRelay(exchange, ports, answer));
  const form = makeForm(exchange, ports);
  return form === null ? refusal('internal') : start(exchange, ports, new StreamRelay(exchange, ports, form));
}

/** Calls a model for a chat client. Like the other a last stage: its relay carries the answer and settles the call. */
export function forwardChat(exchange: Exchange, ports: Ports): Refusal | null {
  return forward(exchange, ports, answerChat, chatForm);
}

/** Calls a model for a prompt endpoint. */
export function forwardPrompt(exchange: Exchange, ports: Ports): Refusal | null {
  return forward(exchange, ports, answerPrompt, promptForm);
}
