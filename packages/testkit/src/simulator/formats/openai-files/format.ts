import { COMMON_FAULTS } from '../../faults.ts';
import type { Format } from '../../format.ts';
import { openai } from '../openai/format.ts';
import { batchRoutes } from './batches.ts';
import { fileRoutes } from './files.ts';

/** OpenAI's files and batches: keys, headers and errors are those of OpenAI. */
export const openaiFiles: Format = {
  ...openai,
  name: 'openai-files',
  owns: (path) => /^\/v1\/(files|batches)(\/|$)/.test(path),
  routes: [...fileRoutes('/v1'), ...batchRoutes('/v1')],
  faults: COMMON_FAULTS,
};
