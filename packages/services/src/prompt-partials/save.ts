import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { noteInput } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { partialSlugInput } from './partial-shape.ts';

const MAX_PARTIALS = 500;

/** Saves a shared piece of text as its next version. Prompts saved before keep the text they were saved with. */
export const savePromptPartial = defineVerb({
  name: 'promptPartials.save',
  summary: 'Save a shared piece of prompt text; prompts take it up when they are saved next.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'PUT', path: '/prompt-partials/{partial}' },
  input: z.object({
    partial: partialSlugInput,
    text: z.string().min(1, 'Write something.').max(50_000, 'At most 50,000 characters.'),
    note: noteInput,
  }),
  output: z.object({ slug: z.string(), version: z.number().int(), added: z.boolean() }),
  async run({ tx, input, context, tenantId, audit }) {
    const { partial: slug, text, note } = input;
    if (text.includes('{{>')) throw wrongField('text', 'A shared text cannot name another one.');
    const latest = await tx.promptPartial.findFirst({ where: { tenantId, slug }, orderBy: { number: 'desc' } });
    if (latest?.text === text) return { slug, version: latest.number, added: false };
    if (!latest) {
      const held = await tx.promptPartial.findMany({ where: { tenantId }, distinct: ['slug'], select: { slug: true } });
      if (held.length >= MAX_PARTIALS) throw new Fault('invalid_state', `At most ${MAX_PARTIALS} shared texts.`);
    }
    const number = (latest?.number ?? 0) + 1;
    const data = { tenantId, id: newId(), slug, number, text, note, createdById: context.userId };
    await orConflict(tx.promptPartial.create({ data }), 'partial', 'Somebody saved it at the same moment. Look again.');
    await audit({
      subject: { kind: 'prompt partial', id: null, label: slug },
      detail: { partial: slug, version: number, note },
    });
    return { slug, version: number, added: true };
  },
});
