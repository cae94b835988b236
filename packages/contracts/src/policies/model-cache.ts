import { z } from 'zod';

const semantic = z
  .strictObject({
    mode: z
      .enum(['shadow', 'serve'])
      .default('shadow')
      .describe(
        '“shadow” asks the model all the same and records how alike the answers are; “serve” gives the kept one',
      ),
    embedding: z
      .string()
      .trim()
      .min(1, 'Name a model, or “offline”.')
      .max(120)
      .default('offline')
      .describe('Short name of an embedding model of this tenant, or “offline”: by spelling, without asking anybody'),
    threshold: z
      .number()
      .min(0.5, 'At least 0.5.')
      .max(1)
      .default(0.92)
      .describe('How close the meanings must be at least, 0.5 to 1'),
    wording: z
      .enum(['same', 'free'])
      .default('same')
      .describe(
        '“same”: every word that means something has to be there; “free”: other words may say it, with a model only',
      ),
    lastTurns: z
      .number()
      .int()
      .min(1)
      .max(4, 'At most 4.')
      .default(1)
      .describe('The last turns of the user that may be worded differently; the rest of the request must be equal'),
    withinMs: z
      .number()
      .int()
      .min(20)
      .max(5000)
      .default(500)
      .describe('How long the embedding may take, in milliseconds; then the model is asked'),
  })
  .refine(({ embedding, wording }) => embedding !== 'offline' || wording === 'same', {
    path: ['wording'],
    message: 'Other words need a model’s embedding: the offline one knows spelling only.',
  });
export type SemanticCache = z.output<typeof semantic>;

/** Answers of models, kept and given again to calls that ask the very same, or the same in other words. */
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
  semantic: semantic.optional().describe('Answers also calls that ask the same in other words; off unless set'),
});
export type ModelCachePolicy = z.output<typeof modelCachePolicy>;
