import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findUpstream, upstreamOut, upstreamShape } from './upstream-shape.ts';

/** One upstream; of its credential only the header's name. */
export const getUpstream = defineVerb({
  name: 'upstreams.get',
  summary: 'Read one upstream service.',
  kind: 'read',
  access: 'upstreams.read',
  rest: { method: 'GET', path: '/upstreams/{upstream}' },
  input: z.object({ upstream: z.string() }),
  output: upstreamShape,
  async run({ tx, input, tenantId }) {
    return upstreamOut(await findUpstream(tx, tenantId, input.upstream));
  },
});
