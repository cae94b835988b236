import type { Codec } from '../../codec.ts';
import { errorBody, readError } from '../openai-chat/errors.ts';
import { PassingResponseStream, passAnswer } from './passing.ts';
import { readAnswer } from './read-answer.ts';
import { readCall } from './read-call.ts';
import { readEnvelope, toProviderBody } from './request.ts';
import { ResponseStreamReader } from './stream-reader.ts';
import { ResponseStreamWriter } from './stream-writer.ts';
import { writeAnswer } from './write-answer.ts';
import { writeCall } from './write-call.ts';

/** OpenAI's Responses API, both sides. Nothing is kept: what a client says in one call is all a model hears. */
export const codec: Codec = {
  protocol: 'openai_responses',
  client: {
    envelope: (text) => readEnvelope(text),
    read: readCall,
    writeAnswer,
    streamWriter: (view) => new ResponseStreamWriter(view),
    errorBody,
  },
  provider: { write: writeCall, readAnswer, streamReader: (sink) => new ResponseStreamReader(sink), readError },
  passing: {
    headers: ['openai-beta'],
    body: toProviderBody,
    answer: passAnswer,
    stream: (view) => new PassingResponseStream(view),
  },
};
