import type { Codec } from '../../codec.ts';
import { readError } from './errors.ts';
import { readAnswer } from './read-answer.ts';
import { CohereStreamReader } from './stream-reader.ts';
import { writeCall } from './write-call.ts';

/** Cohere's chat, second version (docs.cohere.com/v2/reference/chat), as a provider. */
export const codec: Codec = {
  protocol: 'cohere',
  client: null,
  provider: { write: writeCall, readAnswer, streamReader: (sink) => new CohereStreamReader(sink), readError },
  passing: null,
};
