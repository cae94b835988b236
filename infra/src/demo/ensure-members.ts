import { Fault } from '@parley/kernel/fault';
import type { Context } from '@parley/services/context';
import { acceptInvitation } from '@parley/services/invitations/accept';
import { createInvitation } from '@parley/services/invitations/create';
import { listMembers } from '@parley/services/members/list';
import { contextForUser } from '@parley/services/sign-in/context-for-user';
import type { Ground } from '@parley/services/sign-in/ground';
import { z } from 'zod';
import { poll } from '../poll.ts';
import { StartError } from '../start-error.ts';
import type { DemoMemory } from './demo-state.ts';
import { ensurePerson } from './ensure-people.ts';
import type { DemoTenant } from './people.ts';

const listSchema = z.object({ messages: z.array(z.object({ id: z.string() })) });
const messageSchema = z.object({ links: z.array(z.string()) });

/** Invites the tenant's other people by mail and accepts from the mailbox, as they would. */
export async function ensureMembers(
  ground: Ground,
  owner: Context,
  tenant: DemoTenant,
  mailboxUrl: string,
  memory: DemoMemory,
): Promise<void> {
  const [, ...others] = tenant.people;
  const present = new Set((await listMembers(owner, {})).items.map((member) => member.email));
  for (const person of others) {
    const userId = await ensurePerson(ground, person, memory);
    if (present.has(person.email)) continue;
    await createInvitation(owner, { email: person.email, role: person.role }).catch((error: unknown) => {
      if (!(error instanceof Fault && error.code === 'conflict')) throw error; // invited by a start that broke off
    });
    const token = await poll(() => invitationIn(mailboxUrl, person.email), { timeoutMs: 30_000 });
    if (!token)
      throw new StartError(
        `The invitation for ${person.email} did not arrive in the mailbox (logs: worker.log, mailbox.log).`,
      );
    await acceptInvitation(await contextForUser(ground, { userId }), { token });
  }
}

/** The token of the newest invitation in somebody's mailbox. */
async function invitationIn(mailboxUrl: string, email: string): Promise<string | null> {
  const { messages } = listSchema.parse(
    await (await fetch(`${mailboxUrl}/api/messages?to=${encodeURIComponent(email)}`)).json(),
  );
  for (const { id } of messages) {
    const { links } = messageSchema.parse(await (await fetch(`${mailboxUrl}/api/messages/${id}`)).json());
    for (const link of links) {
      const token = /\/invitations\/(inv_[0-9A-Za-z]+)/.exec(link)?.[1];
      if (token) return token;
    }
  }
  return null;
}
