import type { Exchange } from '../exchange.ts';
import { askModels, askWith } from '../models/ask.ts';
import type { Ports } from '../ports/ports.ts';
import type { Refusal } from '../refusals.ts';
import { answerChat } from './answer-chat.ts';
import { chatForm } from './chat-form.ts';
import { answerPrompt, promptForm } from './prompt-form.ts';
import { OperationRelay } from './relay-operation.ts';

/** Calls a model for a chat client. Like the other a last stage: its relay carries the answer and settles the call. */
export function forwardChat(exchange: Exchange, ports: Ports): Refusal | null {
  askModels(exchange, ports, answerChat, chatForm);
  return null;
}

/** Calls a model for a prompt endpoint. */
export function forwardPrompt(exchange: Exchange, ports: Ports): Refusal | null {
  askModels(exchange, ports, answerPrompt, promptForm);
  return null;
}

/** Asks a model for something beside chat. */
export function forwardOperation(exchange: Exchange, ports: Ports): Refusal | null {
  askWith(exchange, ports, (failed) => new OperationRelay(exchange, ports, failed));
  return null;
}
