import { z } from 'zod';

/** What a gateway asks of collections; sealed with the data key of the tenant that owns them. */
export const knowledgeQuestionSchema = z.object({
  collections: z.array(z.string().max(63)).min(1).max(5),
  text: z.string().min(1).max(2000),
  mode: z.enum(['hybrid', 'lexical', 'vector']),
  limit: z.int().min(1).max(20),
  filter: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
export type KnowledgeQuestion = z.infer<typeof knowledgeQuestionSchema>;

/** A passage and where it stands: `start` and `end` in the document, in UTF-16 code units. */
export const knowledgePassageSchema = z.object({
  collection: z.string().max(63),
  document: z.uuid(),
  title: z.string().max(200),
  passage: z.int().nonnegative(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  headings: z.array(z.string()),
  text: z.string(),
});
export type KnowledgePassage = z.infer<typeof knowledgePassageSchema>;

/** What comes back, best first, sealed the same way. */
export const knowledgeAnswerSchema = z.object({ passages: z.array(knowledgePassageSchema).max(20) });

/** What the two are sealed for. */
export const KNOWLEDGE_QUESTION = 'knowledge_question';
export const KNOWLEDGE_ANSWER = 'knowledge_answer';

/** What the record of a call says of the passages it was given: where they stand, never what they say. */
export const knowledgeRecordSchema = z
  .array(knowledgePassageSchema.pick({ collection: true, document: true, passage: true, start: true, end: true }))
  .max(20);
export type KnowledgeRecord = z.infer<typeof knowledgeRecordSchema>;
