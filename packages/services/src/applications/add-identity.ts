import { randomBytes } from 'node:crypto';
import { IDENTITY_SECRET } from '@parley/contracts/identity';
import { IDENTITY_KINDS, type IdentityKind } from '@parley/contracts/snapshot';
import { certificateIdentity } from '@parley/domain/certificates/certificate-names';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { scopesShape } from '../keys/key-shape.ts';
import { maskSecret, tenantDataKey } from '../sealing/tenant-data-key.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';
import { readIdentities, revealedIdentityShape } from './identity-shape.ts';

const MAX_IDENTITIES = 100;

/**
 * Registers what an application is known by besides its keys: calls with that credential then count to it, at every API
 * it is subscribed to whose policy takes such credentials. One credential stands for one application, over all tenants.
 */
export const addIdentity = defineVerb({
  name: 'applications.addIdentity',
  summary:
    'Register a client of a token issuer, a client certificate, or a new shared secret, as an identity of an application.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/applications/{application}/identities' },
  input: z.object({
    application: applicationRef,
    name: nameShape,
    kind: z.enum(IDENTITY_KINDS).default('client'),
    issuer: z.string().trim().max(500, 'At most 500 characters.').optional(),
    subject: z.string().trim().max(500, 'At most 500 characters.').optional(),
    certificate: z.string().trim().max(16_384, 'At most 16,384 characters.').optional(),
    scopes: scopesShape.default([]),
  }),
  output: revealedIdentityShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { name, kind, scopes } = input;
    const application = await findApplication(tx, tenantId, input.application);
    const held = await readIdentities(tx, tenantId, { applicationId: application.id });
    if (held.length >= MAX_IDENTITIES) throw wrongField('name', `At most ${MAX_IDENTITIES} identities. Remove some.`);
    if (held.some((one) => one.name === name)) {
      throw wrongField('name', 'This application has an identity of this name already.');
    }
    const id = newId();
    const { issuer, subject } = CREDENTIALS[kind](input, id);
    const secret = kind === 'hmac' ? randomBytes(32).toString('base64url') : null;
    const dataKey = secret === null ? null : await tenantDataKey(tx, context.settings.masterKey, tenantId);
    await orConflict(
      tx.applicationIdentity.create({
        data: {
          tenantId,
          id,
          applicationId: application.id,
          name,
          kind,
          issuer,
          subject,
          scopes,
          sealed: secret && dataKey ? seal(dataKey, secret, IDENTITY_SECRET) : null,
          masked: secret && maskSecret(secret),
          createdById: context.userId,
        },
      }),
      'subject',
      'This is registered with an application already; one credential stands for one application.',
    );
    await audit({
      subject: { kind: 'identity', id, label: name },
      detail: { application: application.slug, kind, issuer, subject, scopes },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    const [view] = await readIdentities(tx, tenantId, { applicationId: application.id, id });
    return { ...must(view, 'the identity just made'), secret };
  },
});

interface Given {
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly certificate?: string | undefined;
  readonly scopes: readonly string[];
}
type Credential = Readonly<{ issuer: string; subject: string }>;

/** What an identity of each kind is registered by. */
const CREDENTIALS: Readonly<Record<IdentityKind, (input: Given, id: string) => Credential>> = {
  client: clientOf,
  hmac: (_, id) => ({ issuer: '', subject: id }),
  certificate: certificateOf,
};

function certificateOf(input: Given): Credential {
  const found = certificateIdentity(input);
  if ('field' in found) throw wrongField(found.field, found.message);
  return found;
}

/** What a client is registered by. Its scopes come with its tokens. */
function clientOf(input: Given): Credential {
  const { issuer, subject, scopes } = input;
  if (!issuer) throw wrongField('issuer', 'Write the iss of its tokens, exactly as it stands there.');
  if (!subject) throw wrongField('subject', 'Write the client id, exactly as it stands in its tokens.');
  if (scopes.length > 0) throw wrongField('scopes', 'The scopes of a client are those of its tokens.');
  return { issuer, subject };
}
