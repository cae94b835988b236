import { JOBS, type JobPayload } from '@parley/contracts/jobs';
import { derivedId } from '@parley/kernel/derived-id';
import { writeMail } from '@parley/services/notifications/mail-shape';
import { defineJob } from '../../job.ts';
import { type Recipient, recipientsOf } from './recipients.ts';

/**
 * Leaves a notice with each member it concerns and, where asked, announces a mail to each. A notice is written once per
 * job and person, and its mail only with it, in one transaction.
 */
export const notifyMembers = defineJob({
  name: 'notify.members',
  schema: JOBS['notify.members'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, jobId, sinceMs }) {
    const { tenantId, kind, title, body, href } = payload;
    await ports.db.within({}, async (tx) => {
      for (const person of await recipientsOf(tx, payload)) {
        const id = derivedId('notice', jobId, String(sinceMs), person.userId);
        const { count } = await tx.notification.createMany({
          data: { tenantId, id, userId: person.userId, kind, title, body, href },
          skipDuplicates: true,
        });
        if (count === 0 || !payload.mail) continue;
        const mail = mailFor(payload, person, ports.portalUrl);
        await tx.outboxEntry.createMany({ data: { tenantId, topic: 'mail.send', payload: mail } });
      }
    });
  },
});

function mailFor(notice: JobPayload<'notify.members'>, person: Recipient, portalUrl: string): JobPayload<'mail.send'> {
  const ownPath = notice.href.startsWith('/') && !notice.href.startsWith('//') ? notice.href : '/';
  const words = {
    subject: notice.title,
    paragraphs: [`${notice.title}.`, ...notice.body.split('\n').filter((line) => line.trim() !== '')],
    action: { label: 'Open in Parley', url: `${portalUrl}${ownPath}` },
    footnote: `You get this mail because you are a member of ${person.tenantName} on Parley.`,
  };
  return { tenantId: notice.tenantId, to: person.email, ...writeMail(words) };
}
