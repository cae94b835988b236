import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { given } from '../given.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { API_KINDS, apiFields, apiInclude, apiOut, apiShape, DEFAULT_MAX_BODY_BYTES, teamOf } from './api-shape.ts';

/** Makes an API, with no version and no plan yet; nobody outside the publishers sees it before its first publication. */
export const createApi = defineVerb({
  name: 'apis.create',
  summary: 'Make an API; versions and plans are added to it.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis' },
  input: z.object({
    slug: slugShape,
    name: nameShape,
    kind: z.enum(API_KINDS, 'Choose what it offers: a REST service, a prompt, or models.'),
    ...apiFields,
  }),
  output: apiShape,
  async run({ tx, input, tenantId, audit }) {
    const { slug, name, kind, team, ...fields } = input;
    const visibility = fields.visibility ?? 'tenant';
    const teamId = await teamOf(tx, tenantId, visibility, team);
    const row = await orConflict(
      tx.api.create({
        data: {
          tags: [],
          maxBodyBytes: DEFAULT_MAX_BODY_BYTES[kind],
          ...given(fields),
          tenantId,
          id: newId(),
          slug,
          name,
          kind,
          visibility,
          teamId,
        },
        include: apiInclude,
      }),
      'slug',
      'An API with this short name exists already.',
    );
    await audit({ subject: { kind: 'api', id: row.id, label: name }, detail: input });
    return apiOut(row);
  },
});
