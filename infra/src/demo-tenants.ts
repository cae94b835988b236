import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '@parley/services/context';
import { acceptInvitationAsNew } from '@parley/services/invitations/accept-as-new';
import { createInvitation } from '@parley/services/invitations/create';
import { createManagementToken } from '@parley/services/management-tokens/create';
import { signUp } from '@parley/services/people/sign-up';
import { checkPassword } from '@parley/services/sign-in/check-password';
import { contextForUser } from '@parley/services/sign-in/context-for-user';
import { anonymousContext, type Ground } from '@parley/services/sign-in/ground';
import { createTenant } from '@parley/services/tenants/create';
import { poll } from './poll.ts';
import { StartError } from './start-error.ts';

interface Person {
  readonly name: string;
  readonly email: string;
}

/** The demo's two companies: one publishes, the other builds with it. Their APIs and applications are in `infra/demo`. */
export const TENANTS = [
  {
    slug: 'aurora',
    name: 'Aurora Robotics',
    owner: { name: 'Ada Okafor', email: 'ada@aurora.example' },
    members: [{ name: 'Pablo Reyes', email: 'pablo@aurora.example', role: 'publisher' }],
  },
  {
    slug: 'nimbus',
    name: 'Nimbus Logistics',
    owner: { name: 'Nora Lindqvist', email: 'nora@nimbus.example' },
    members: [
      { name: 'Dev Patel', email: 'dev@nimbus.example', role: 'developer' },
      { name: 'Vera Rossi', email: 'vera@nimbus.example', role: 'viewer' },
    ],
  },
] as const;

export type DemoTenant = (typeof TENANTS)[number];

/** Makes (or finds) a person with this password, through the verb that the sign-up form calls. */
async function person(ground: Ground, { name, email }: Person, password: string): Promise<string> {
  try {
    return (await signUp(anonymousContext(ground), { name, email, password })).id;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'conflict') throw error;
    const known = await checkPassword(ground, { email, password });
    if (known) return known.userId;
    throw new StartError(
      `This database holds a demo made by another installation (${email} has another password): start with --no-demo, or use another database.`,
    );
  }
}

/** Makes (or finds) a demo tenant; answers the context of its owner. */
export async function demoTenant(ground: Ground, tenant: DemoTenant, password: string): Promise<Context> {
  const userId = await person(ground, tenant.owner, password);
  try {
    await createTenant(await contextForUser(ground, { userId }), { name: tenant.name, slug: tenant.slug });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'conflict') throw error;
  }
  return contextForUser(ground, { userId, tenantSlug: tenant.slug });
}

/** A management token that may do all its owner may. */
export async function demoToken(owner: Context): Promise<string> {
  const made = await createManagementToken(owner, { name: 'npm start', scopes: [...owner.permissions] });
  return made.secret;
}

/** Invites a demo member and accepts with the link of the mail, as the member would. One who is there stays. */
export async function demoMember(
  owner: Context,
  member: DemoTenant['members'][number],
  password: string,
  mailUrl: string,
): Promise<void> {
  try {
    await createInvitation(owner, { email: member.email, role: member.role });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'conflict') throw error;
    const known = await checkPassword(owner, { email: member.email, password });
    if (known) return;
  }
  const token = await poll(() => invitedToken(mailUrl, member.email), { timeoutMs: 30_000, everyMs: 100 });
  await acceptInvitationAsNew(anonymousContext(owner), {
    token: must(token, `a mail with the invitation of ${member.email}`),
    name: member.name,
    password,
  });
}

async function invitedToken(mailUrl: string, email: string): Promise<string | null> {
  const response = await fetch(`${mailUrl}/api/messages?to=${encodeURIComponent(email)}`);
  return /\/invitations\/(inv_[0-9A-Za-z]+)/.exec(await response.text())?.[1] ?? null;
}
