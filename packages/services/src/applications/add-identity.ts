import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';
import { IDENTITY_KIND_CHOICES, identityShape, readIdentities } from './identity-shape.ts';

const MAX_IDENTITIES = 100;

/**
 * Registers what an application is known by besides its keys: calls with that credential then count to it, at every API
 * it is subscribed to whose policy takes such credentials. One credential stands for one application, over all tenants.
 */
export const addIdentity = defineVerb({
  name: 'applications.addIdentity',
  summary: 'Register a client of a token issuer as an identity of an application.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/applications/{application}/identities' },
  input: z.object({
    application: applicationRef,
    name: nameShape,
    kind: z.enum(IDENTITY_KIND_CHOICES).default('client'),
    issuer: z
      .string()
      .trim()
      .min(1, 'Write the iss of its tokens, exactly as it stands there.')
      .max(500, 'At most 500 characters.'),
    subject: z
      .string()
      .trim()
      .min(1, 'Write the client id, exactly as it stands in its tokens.')
      .max(500, 'At most 500 characters.'),
  }),
  output: identityShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { name, kind, issuer, subject } = input;
    const application = await findApplication(tx, tenantId, input.application);
    const held = await readIdentities(tx, tenantId, { applicationId: application.id });
    if (held.length >= MAX_IDENTITIES) throw wrongField('name', `At most ${MAX_IDENTITIES} identities. Remove some.`);
    if (held.some((one) => one.name === name)) {
      throw wrongField('name', 'This application has an identity of this name already.');
    }
    const id = newId();
    const data = { tenantId, id, applicationId: application.id, name, kind, issuer, subject };
    await orConflict(
      tx.applicationIdentity.create({ data: { ...data, createdById: context.userId } }),
      'subject',
      'This is registered with an application already; one credential stands for one application.',
    );
    await audit({
      subject: { kind: 'identity', id, label: name },
      detail: { application: application.slug, kind, issuer, subject },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    const [view] = await readIdentities(tx, tenantId, { applicationId: application.id, id });
    return must(view, 'the identity just made');
  },
});
