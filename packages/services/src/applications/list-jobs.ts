import { BACKGROUND_JOBS_PATH, backgroundJobsReplySchema } from '@parley/contracts/background-jobs';
import { z } from 'zod';
import { askGateway } from '../api-versions/ask-gateway.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationRef, findApplication } from './application-shape.ts';

/** Calls of an application that are answered later, newest first, as the gateways keep them. */
export const listJobs = defineVerb({
  name: 'applications.listJobs',
  summary: 'List the calls of an application that are answered later, with their state; the newest 50 that are kept.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/applications/{application}/jobs' },
  input: z.object({ application: applicationRef }),
  output: backgroundJobsReplySchema,
  async run({ tx, input, context, tenantId }) {
    const { id } = await findApplication(tx, tenantId, input.application);
    const question = { path: BACKGROUND_JOBS_PATH, asked: { applicationId: id }, reply: backgroundJobsReplySchema };
    return new AfterCommit(() => askGateway(context.settings, question));
  },
});
