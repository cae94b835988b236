import { ALL_PERMISSIONS } from '@parley/domain/permissions';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '@parley/services/context';
import { acceptInvitationAsNew } from '@parley/services/invitations/accept-as-new';
import { createInvitation } from '@parley/services/invitations/create';
import { createManagementToken } from '@parley/services/management-tokens/create';
import { signUp } from '@parley/services/people/sign-up';
import { checkPassword } from '@parley/services/sign-in/check-password';
import { contextForToken } from '@parley/services/sign-in/context-for-token';
import { contextForUser } from '@parley/services/sign-in/context-for-user';
import { anonymousContext, type Ground } from '@parley/services/sign-in/ground';
import { createTenant } from '@parley/services/tenants/create';
import { poll } from '../poll.ts';
import type { DemoMemory } from './demo-state.ts';
import type { DemoPerson, DemoTenant } from './people.ts';

/** Runs a creation; that the thing is there already is as good. */
async function orThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'conflict')) throw error;
  }
}

/** Signs a person up, as the sign-up page does, unless they are there. Answers their id. */
export async function ensurePerson(
  ground: Ground,
  person: { email: string; name: string },
  memory: DemoMemory,
): Promise<string> {
  const password = memory.passwordOf(person.email);
  await orThere(signUp(anonymousContext(ground), { email: person.email, name: person.name, password }));
  const row = await ground.db.within({}, (tx) =>
    tx.user.findUnique({ where: { email: person.email }, select: { id: true } }),
  );
  return must(row, `the account of ${person.email}`).id;
}

/** The tenant with its owner, and a management token that still works. */
export async function ensureTenant(
  ground: Ground,
  tenant: DemoTenant,
  memory: DemoMemory,
): Promise<{ owner: Context; token: string }> {
  const [first] = tenant.people;
  const userId = await ensurePerson(ground, first, memory);
  const { slug, name, description } = tenant;
  await orThere(contextForUser(ground, { userId }).then((person) => createTenant(person, { slug, name, description })));
  const owner = await contextForUser(ground, { userId, tenantSlug: slug });
  return { owner, token: await ensureToken(ground, owner, slug, memory) };
}

/** A member by invitation: accepted with the link of the mail in the local mailbox, as the person would. */
export async function ensureMember(
  owner: Context,
  member: DemoPerson,
  memory: DemoMemory,
  mailUrl: string,
): Promise<void> {
  const password = memory.passwordOf(member.email);
  if (await checkPassword(owner, { email: member.email, password })) return;
  await orThere(createInvitation(owner, { email: member.email, role: member.role }));
  const token = await poll(() => mailedInvitation(mailUrl, member.email), { timeoutMs: 30_000, everyMs: 100 });
  const accepted = { token: must(token, `the mail that invites ${member.email}`), name: member.name, password };
  await acceptInvitationAsNew(anonymousContext(owner), accepted);
}

async function mailedInvitation(mailUrl: string, email: string): Promise<string | null> {
  const response = await fetch(`${mailUrl}/api/messages?to=${encodeURIComponent(email)}`);
  return /\/invitations\/(inv_[0-9A-Za-z]+)/.exec(await response.text())?.[1] ?? null;
}

async function ensureToken(ground: Ground, owner: Context, slug: string, memory: DemoMemory): Promise<string> {
  const kept = memory.state.tokens[slug];
  if (kept && (await contextForToken(ground, kept).catch(() => null))) return kept;
  const made = await createManagementToken(owner, { name: 'npm start', scopes: ALL_PERMISSIONS });
  memory.state.tokens[slug] = made.secret;
  memory.save();
  return made.secret;
}
