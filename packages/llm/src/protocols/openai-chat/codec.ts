import type { Codec } from '../../codec.ts';
import { toPassedAnswer } from './completion.ts';
import { errorBody, readError } from './errors.ts';
import { readAnswer } from './read-answer.ts';
import { readCall } from './read-call.ts';
import { readChatRequest, toProviderBody } from './request.ts';
import { ChatStream } from './stream.ts';
import { ChatStreamReader } from './stream-reader.ts';
import { ChatStreamWriter } from './stream-writer.ts';
import { writeAnswer } from './write-answer.ts';
import { writeCall } from './write-call.ts';

/** OpenAI's Chat Completions, which most providers speak. */
export const codec: Codec = {
  protocol: 'openai_chat',
  client: {
    envelope: (text) => readChatRequest(text),
    read: readCall,
    writeAnswer,
    streamWriter: (view) => new ChatStreamWriter(view),
    errorBody,
  },
  provider: {
    write: writeCall,
    readAnswer,
    streamReader: (sink, target) => new ChatStreamReader(sink, target),
    readError,
  },
  passing: {
    headers: [],
    body: toProviderBody,
    answer: toPassedAnswer,
    stream: (view, target) => new ChatStream(view, target),
  },
};
