import { limitSchema } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { createApiVersion } from '../api-versions/create.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { VISIBILITIES } from '../apis/api-shape.ts';
import { createApi } from '../apis/create.ts';
import { nested } from '../nested.ts';
import { createPlan } from '../plans/create.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPrompt, findPromptVersion } from './prompt-shape.ts';

/** Makes a saved prompt callable in one step: an API with its first version and plan, published. All of it or nothing. */
export const publishPrompt = defineVerb({
  name: 'prompts.publish',
  summary: 'Publish a saved prompt as a new API: API, plan and first version in one step.',
  kind: 'write',
  access: 'apis.publish',
  rest: { method: 'POST', path: '/prompts/{prompt}/publish' },
  input: z.object({
    prompt: z.string(),
    /** Number of the prompt's version; the latest when not given. */
    promptVersion: z.number().int().min(1).optional(),
    slug: slugShape,
    name: nameShape,
    summary: z.string().trim().max(300, 'At most 300 characters.').default(''),
    visibility: z.enum(VISIBILITIES, 'Choose who may find it.').default('tenant'),
    team: z.string().nullable().optional(),
    plan: z.object({
      slug: slugShape,
      name: nameShape,
      limits: z.array(limitSchema).max(10, 'At most ten limits.').default([]),
      approval: z.enum(['auto', 'manual'], 'Choose whether somebody decides on each request.').default('manual'),
    }),
  }),
  output: z.object({ api: z.string(), version: z.string(), url: z.string() }),
  async run({ tx, input, context, tenantId, audit }) {
    const { prompt: slug, promptVersion, plan, ...api } = input;
    const prompt = await findPrompt(tx, tenantId, slug);
    const { number } = await findPromptVersion(tx, tenantId, slug, promptVersion);
    const inner = nested(context, tx);
    await createApi(inner, { ...api, kind: 'prompt', description: prompt.description });
    await createPlan(inner, { ...plan, api: api.slug });
    const { version } = await createApiVersion(inner, { api: api.slug });
    const at = { api: api.slug, version };
    await setDefinition(inner, { ...at, definition: { kind: 'prompt', prompt: slug, promptVersion: number } });
    const { url } = await publishApiVersion(inner, at);
    await audit({
      subject: { kind: 'prompt', id: prompt.id, label: prompt.name },
      detail: { prompt: slug, promptVersion: number, api: api.slug, version },
    });
    return { ...at, url };
  },
});
