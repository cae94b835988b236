import { applyReplySchema, declarationSchema } from '@parley/contracts/declaration';
import { defineVerb } from '../verb.ts';
import { compare } from './compare.ts';
import { readTenant } from './read-tenant.ts';

/** What applying a document would do, step by step; changes nothing. */
export const diffDeclaration = defineVerb({
  name: 'declarations.diff',
  summary: 'Show what applying a declaration would do.',
  kind: 'read',
  access: 'tenant.read',
  rest: { method: 'POST', path: '/diff' },
  input: declarationSchema,
  output: applyReplySchema,
  async run({ tx, input, tenantId }) {
    const steps = compare(await readTenant(tx, tenantId, Date.now()), input);
    return { steps, keys: [], waiting: [] };
  },
});
