import type { Codec } from '../../codec.ts';
import { mediaUrls } from '../../neutral/media.ts';
import { countTokens } from './count-tokens.ts';
import { envelope } from './envelope.ts';
import { errorBody, readError } from './errors.ts';
import { passing } from './passing.ts';
import { readAnswer } from './read-answer.ts';
import { readCall } from './read-call.ts';
import { GeminiStreamReader } from './stream-reader.ts';
import { GeminiStreamWriter } from './stream-writer.ts';
import { writeAnswer } from './write-answer.ts';
import { writeCall } from './write-call.ts';
import { mustFetch } from './write-contents.ts';

/** Gemini's `generateContent` and `streamGenerateContent`, of AI Studio and of Vertex (ai.google.dev/api/generate-content). */
export const codec: Codec = {
  protocol: 'gemini',
  client: {
    envelope,
    read: readCall,
    writeAnswer,
    streamWriter: (view) => new GeminiStreamWriter(view),
    errorBody,
    countTokens,
  },
  provider: {
    write: writeCall,
    mediaToFetch: (call) => mediaUrls(call, mustFetch),
    readAnswer,
    streamReader: (sink) => new GeminiStreamReader(sink),
    readError,
  },
  passing,
};
