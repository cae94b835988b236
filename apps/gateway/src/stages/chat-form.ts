import { DONE } from '@parley/llm/dialects/openai-chat/stream';
import { openAiError } from '../wire/error-body.ts';
import type { StreamForm } from './relay-stream.ts';

/** Chat completion chunks: the provider's, with names mapped; ends with `[DONE]`, or with an error chunk and without it. */
export const chatForm: StreamForm = {
  piece: (text) => text,
  ending: () => DONE,
  broken: (exchange, stream, refusal, ports) =>
    stream.errorChunk(openAiError(refusal), exchange.id, ports.clock.nowMs()),
};
