import { EXPLAIN_PATH, explainReplySchema, explainRequestSchema } from '@parley/contracts/explain';
import { HTTP_METHODS } from '@parley/contracts/snapshot';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { policyProblems } from '../policies/policy-problems.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { askGateway } from './ask-gateway.ts';
import { findVersion } from './version-shape.ts';

/** Asks the gateway which route and policies a call would meet, and why. Nothing is called, counted or recorded. */
export const explainApiVersion = defineVerb({
  name: 'apiVersions.explain',
  summary: 'Explain which route and policies a call would meet and what each decides, without making it.',
  kind: 'write',
  access: 'apis.read',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/explain' },
  input: z.object({
    ...explainRequestSchema.omit({ applicationId: true }).shape,
    api: z.string(),
    version: z.string(),
    method: z.enum(HTTP_METHODS, 'Choose a method.').default('GET'),
    /** Below the version's address, with the query: `/orders/7?full=1`. */
    path: z
      .string()
      .max(4000, 'At most 4,000 characters.')
      .regex(/^(?:\/|$)/, 'A path starts with “/”.')
      .default('/'),
    headers: explainRequestSchema.shape.headers.default([]),
    address: z.union([z.ipv4(), z.ipv6()], 'Write an address, like 203.0.113.7.').default('203.0.113.7'),
    /** Subscription to this API whose application calls; without one, the headers alone say who calls. */
    subscription: z.uuid().nullable().default(null),
  }),
  output: explainReplySchema,
  async run({ tx, input, context, tenantId }) {
    const { api: apiSlug, version, subscription, ...call } = input;
    const { api, row } = await findVersion(tx, tenantId, apiSlug, version);
    const { modelRouting } = call;
    const wrong = modelRouting === undefined ? [] : policyProblems({ kind: api.kind, policies: { modelRouting } });
    if (wrong.length > 0) {
      const issues = wrong.map(({ path, message }) => ({ path: path.replace(/^policies\./, ''), message }));
      throw new Fault('invalid_input', 'The routing cannot be tried like this.', issues);
    }
    if (row.state === 'draft' || row.state === 'review') {
      throw new Fault('invalid_state', 'The gateway does not serve this version yet. Publish it to try a call.');
    }
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
    const held = subscription
      ? await tx.subscription.findFirst({ where: { tenantId, apiId: api.id, id: subscription } })
      : null;
    if (subscription && !held) throw new Fault('not_found', 'This API has no such subscription.');
    return new AfterCommit(() =>
      askGateway(context.settings, {
        path: EXPLAIN_PATH,
        asked: {
          ...call,
          path: `/${tenant.slug}/${api.slug}/${row.version}${call.path === '/' ? '' : call.path}`,
          applicationId: held?.applicationId ?? null,
        },
        reply: explainReplySchema,
      }),
    );
  },
});
