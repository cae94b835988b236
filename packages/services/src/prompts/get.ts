import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { offersOf, readPromptBook } from './offers.ts';
import { findPrompt, namesOf, promptOut, promptShape, promptVersionOut, promptVersionShape } from './prompt-shape.ts';
import { promptUsers } from './prompt-users.ts';

/** One prompt with its latest version, and where versions of it are published. */
export const getPrompt = defineVerb({
  name: 'prompts.get',
  summary: 'Read one prompt with its latest version.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}' },
  input: z.object({ prompt: z.string() }),
  output: promptShape.extend({
    latest: promptVersionShape.nullable(),
    /** API versions that serve this prompt now, and which version of it. */
    publishedAs: z.array(
      z.object({
        api: z.string(),
        version: z.string(),
        state: z.string(),
        promptVersion: z.number(),
        /** The label it follows; `null` when it keeps to a version. */
        promptLabel: z.string().nullable(),
      }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const row = await findPrompt(tx, tenantId, input.prompt);
    const [latest] = row.versions;
    const names = await namesOf(tx, [latest?.createdById ?? null]);
    const users = await promptUsers(tx, tenantId, row.id);
    const book = await readPromptBook(
      tx,
      tenantId,
      users.map(({ stored }) => stored),
    );
    const publishedAs = users.flatMap(({ api, version, state, stored }) => {
      const { served } = offersOf(stored, book);
      const promptLabel = stored.promptLabel ?? null;
      return served ? [{ api, version, state, promptVersion: served.number, promptLabel }] : [];
    });
    return { ...promptOut(row), latest: latest ? promptVersionOut(latest, names) : null, publishedAs };
  },
});
