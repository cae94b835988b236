import type { Codec } from '../../codec.ts';
import { mediaUrls } from '../../neutral/media.ts';
import { readError } from './errors.ts';
import { readAnswer } from './read-answer.ts';
import { ConverseStreamReader } from './stream-reader.ts';
import { writeCall } from './write-call.ts';

/** Amazon Bedrock's Converse and ConverseStream: providers only, no client speaks it. */
export const codec: Codec = {
  protocol: 'bedrock',
  client: null,
  provider: {
    write: writeCall,
    readAnswer,
    streamReader: (sink) => new ConverseStreamReader(sink),
    readError,
    mediaToFetch: (call) => mediaUrls(call, () => true),
  },
  passing: null,
};
