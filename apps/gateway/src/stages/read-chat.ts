import { isChatRequestIssue, readChatRequest } from '@parley/llm/dialects/openai-chat/request';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** Reads the body as a chat completion request. */
export function readChat(exchange: Exchange): Refusal | null {
  const read = readChatRequest(exchange.body?.toString('utf8') ?? '');
  if (isChatRequestIssue(read)) {
    return refusal(read.malformed ? 'malformed_json' : 'invalid_parameter', {
      message: read.message,
      param: read.param,
    });
  }
  exchange.chat = read;
  exchange.stream = read.stream;
  exchange.providerRequest = read.body;
  return null;
}
