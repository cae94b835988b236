import { applyReplySchema, declarationSchema } from '@parley/contracts/declaration';
import { nested } from '../nested.ts';
import { defineVerb } from '../verb.ts';
import { carryOut } from './carry-out.ts';
import { compare } from './compare.ts';
import { readTenant } from './read-tenant.ts';

/**
 * Makes the tenant as the document says: creates what is missing, changes what differs, leaves alone what the document
 * does not mention. All of it in one transaction, by the same verbs as people use, each with its own permission and
 * audit entry; on the first refusal nothing has changed. Applying again does nothing.
 */
export const applyDeclaration = defineVerb({
  name: 'declarations.apply',
  summary: 'Apply a declaration: all of it or, on the first refusal, none.',
  kind: 'write',
  access: 'tenant.read',
  rest: { method: 'POST', path: '/apply' },
  input: declarationSchema,
  output: applyReplySchema,
  async run({ tx, input, context, tenantId, audit }) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('declarations.apply'), hashtext(${tenantId}))`;
    const steps = compare(await readTenant(tx, tenantId, Date.now()), input);
    const outcome = await carryOut(nested(context, tx), steps);
    if (steps.length > 0) {
      await audit({
        subject: { kind: 'tenant', id: tenantId, label: input.tenant ?? '' },
        detail: { steps: steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`) },
      });
    }
    return { steps, ...outcome };
  },
});
