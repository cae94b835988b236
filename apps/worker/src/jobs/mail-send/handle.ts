import { JOBS } from '@parley/contracts/jobs';
import { derivedId } from '@parley/kernel/derived-id';
import { defineJob, GivenUp } from '../../job.ts';

/** Replies of a mail server that no later try can change (RFC 5321 §4.2.1). */
const PERMANENT = 500;

/**
 * Sends one mail. A worker that dies between the server's answer and our note of it sends it again, under the same
 * Message-ID.
 */
export const mailSend = defineJob({
  name: 'mail.send',
  schema: JOBS['mail.send'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, jobId, sinceMs }) {
    const { to, subject, text, html } = payload;
    const messageId = `<${derivedId('mail', jobId, String(sinceMs))}@${new URL(ports.portalUrl).hostname}>`;
    try {
      await ports.mailer.send({ to, subject, text, html, messageId });
    } catch (error) {
      if (responseCode(error) >= PERMANENT) {
        throw new GivenUp(`The mail server refused the mail: ${(error as Error).message}`, error);
      }
      throw error;
    }
  },
});

function responseCode(error: unknown): number {
  if (!(error instanceof Error) || !('responseCode' in error)) return 0;
  return typeof error.responseCode === 'number' ? error.responseCode : 0;
}
