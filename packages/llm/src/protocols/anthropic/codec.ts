import type { Codec } from '../../codec.ts';
import { countTokens } from './count-tokens.ts';
import { errorBody, readError } from './errors.ts';
import { PassingMessageStream, passAnswer } from './passing.ts';
import { readAnswer } from './read-answer.ts';
import { readCall } from './read-call.ts';
import { readEnvelope, toProviderBody } from './request.ts';
import { MessageStreamReader } from './stream-reader.ts';
import { MessageStreamWriter } from './stream-writer.ts';
import { writeAnswer } from './write-answer.ts';
import { writeCall } from './write-call.ts';

/** Anthropic's Messages API, version 2023-06-01, both sides. */
export const codec: Codec = {
  protocol: 'anthropic',
  client: {
    envelope: (text) => readEnvelope(text),
    read: readCall,
    writeAnswer,
    streamWriter: (view) => new MessageStreamWriter(view),
    countTokens,
    errorBody,
  },
  provider: { write: writeCall, readAnswer, streamReader: (sink) => new MessageStreamReader(sink), readError },
  passing: {
    headers: ['anthropic-version', 'anthropic-beta'],
    body: toProviderBody,
    answer: passAnswer,
    stream: (view) => new PassingMessageStream(view),
  },
};
