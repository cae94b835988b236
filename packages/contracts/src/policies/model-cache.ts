import { z } from 'zod';

/** Answers of models, kept and given again to calls that ask the very same. */
export const modelCachePolicy = z.strictObject({
  ttlSeconds: z
    .number()
    .int('A whole number of seconds.')
    .min(1)
    .max(86_400, 'At most a day.')
    .default(3600)
    .describe('How long an answer is given again, in seconds'),
  scope: z
    .enum(['application', 'user', 'everyone'])
    .default('application')
    .describe('Who gets an answer again: its application, the end user it names, or every subscriber'),
  price: z
    .enum(['free', 'full'])
    .default('free')
    .describe('What an answer from the cache costs its caller: nothing, or what the model’s own would'),
});
export type ModelCachePolicy = z.output<typeof modelCachePolicy>;
