import type { PromptPartial } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { readDefinition } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { partialSlugInput } from './partial-shape.ts';

const MOST = 200;

/** The prompts whose latest version holds a shared text, and which version of it. */
export const promptPartialUsers = defineVerb({
  name: 'promptPartials.users',
  summary: 'List the prompts whose latest version holds a shared piece of text.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompt-partials/{partial}/users' },
  input: z.object({ partial: partialSlugInput }),
  output: z.object({
    items: z.array(
      z.object({
        prompt: z.string(),
        name: z.string(),
        /** Number of the prompt's version. */
        promptVersion: z.number().int(),
        /** Versions of the text that it was saved with, newest first. */
        versions: z.array(z.number().int()),
      }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const latest = await tx.promptVersion.findMany({
      where: { tenantId },
      orderBy: [{ promptId: 'asc' }, { number: 'desc' }],
      distinct: ['promptId'],
      include: { prompt: { select: { slug: true, name: true } } },
    });
    const items = latest.flatMap(({ prompt, number, definition }) => {
      const held: readonly PromptPartial[] = readDefinition(definition).partials ?? [];
      const versions = held.flatMap(({ name, version }) => (name === input.partial ? [version] : []));
      if (versions.length === 0) return [];
      return [
        { prompt: prompt.slug, name: prompt.name, promptVersion: number, versions: versions.sort((a, b) => b - a) },
      ];
    });
    return { items: items.sort((a, b) => (a.prompt < b.prompt ? -1 : 1)).slice(0, MOST) };
  },
});
