import { must } from '@parley/kernel/assert';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { contextForUser } from '../sign-in/context-for-user.ts';
import { acceptInvitation } from './accept.ts';
import { acceptInvitationAsNew } from './accept-as-new.ts';
import { createInvitation } from './create.ts';
import { listInvitations } from './list.ts';
import { previewInvitation } from './preview.ts';
import { resendInvitation } from './resend.ts';
import { revokeInvitation } from './revoke.ts';

const t = testContext();
afterAll(() => t.close());

/** The token in the newest mail to an address, as its reader would find it. */
async function tokenMailedTo(tenantId: string, email: string): Promise<string> {
  const rows = await t.db.within({ tenantId }, (tx) =>
    tx.outboxEntry.findMany({ where: { tenantId, topic: 'mail.send' }, orderBy: { id: 'desc' } }),
  );
  const texts = rows.map((row) => JSON.stringify(row.payload)).filter((text) => text.includes(email));
  return must(/invitations\/(inv_\w+)/.exec(must(texts[0], 'a mail'))?.[1], 'a token in the mail');
}

async function invited(role = 'developer') {
  const tenant = await t.tenant();
  const person = await t.person();
  const invitation = await createInvitation(tenant.owner, { email: person.email, role });
  return { tenant, person, invitation, token: await tokenMailedTo(tenant.tenantId, person.email) };
}

test('an invited person joins with the offered role, once', async () => {
  const { tenant, person, token } = await invited('publisher');
  expect(await previewInvitation(t.visitor, { token })).toMatchObject({
    email: person.email,
    tenant: { slug: tenant.slug },
    role: { name: 'Publisher' },
    state: 'pending',
    hasAccount: true,
  });
  const answers = await Promise.allSettled([
    acceptInvitation(person.context, { token }),
    acceptInvitation(person.context, { token }),
  ]);
  expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
  await expect(acceptInvitation(person.context, { token })).rejects.toMatchObject({ code: 'invalid_state' });
  const joined = await contextForUser(t, { userId: person.userId, tenantSlug: tenant.slug });
  expect(joined.permissions.has('apis.publish')).toBe(true);
  expect(joined.permissions.has('members.write')).toBe(false);
});

test('a new person makes their account and joins in one step, with the address proved', async () => {
  const tenant = await t.tenant();
  const email = `${crypto.randomUUID()}@example.test`;
  await createInvitation(tenant.owner, { email, role: 'viewer' });
  const token = await tokenMailedTo(tenant.tenantId, email);
  const input = { token, name: 'New Person', password: 'correct horse battery' };
  await acceptInvitationAsNew(t.visitor, input);
  await expect(acceptInvitationAsNew(t.visitor, input)).rejects.toMatchObject({ code: 'invalid_state' });
  const user = await t.db.within({}, (tx) => tx.user.findUniqueOrThrow({ where: { email } }));
  expect(user.emailVerifiedAt).not.toBeNull();
  await contextForUser(t, { userId: user.id, tenantSlug: tenant.slug });
});

test('an account that exists cannot be taken over through the page for new people', async () => {
  const { token } = await invited();
  const input = { token, name: 'Thief', password: 'correct horse battery' };
  await expect(acceptInvitationAsNew(t.visitor, input)).rejects.toMatchObject({ code: 'conflict' });
  expect(await previewInvitation(t.visitor, { token })).toMatchObject({ state: 'pending' });
});

test('an invitation is for its address only', async () => {
  const { token } = await invited();
  const stranger = await t.person();
  await expect(acceptInvitation(stranger.context, { token })).rejects.toMatchObject({ code: 'forbidden' });
});

test('a withdrawn, replaced, expired or made-up token opens nothing', async () => {
  const withdrawn = await invited();
  await revokeInvitation(withdrawn.tenant.owner, { invitationId: withdrawn.invitation.id });
  await expect(acceptInvitation(withdrawn.person.context, { token: withdrawn.token })).rejects.toMatchObject({
    code: 'invalid_state',
  });

  const replaced = await invited();
  await resendInvitation(replaced.tenant.owner, { invitationId: replaced.invitation.id });
  await expect(acceptInvitation(replaced.person.context, { token: replaced.token })).rejects.toMatchObject({
    code: 'not_found',
  });
  const token = await tokenMailedTo(replaced.tenant.tenantId, replaced.person.email);
  await acceptInvitation(replaced.person.context, { token });

  const late = await invited();
  const { tenantId } = late.tenant;
  await t.db.within({ tenantId }, (tx) =>
    tx.invitation.updateMany({ where: { tenantId }, data: { expiresAt: new Date(Date.now() - 1) } }),
  );
  await expect(acceptInvitation(late.person.context, { token: late.token })).rejects.toMatchObject({
    message: expect.stringContaining('run out'),
  });
  expect((await listInvitations(late.tenant.owner, {})).items[0]?.state).toBe('expired');
  await expect(previewInvitation(t.visitor, { token: 'inv_nonsense' })).rejects.toMatchObject({ code: 'not_found' });
});

test('only owners invite owners; nobody offers more than they hold', async () => {
  const tenant = await t.tenant();
  const email = 'new-owner@example.test';
  const admin = await tenant.as('admin');
  await expect(createInvitation(admin, { email, role: 'owner' })).rejects.toMatchObject({ code: 'forbidden' });
  const limited = await tenant.as(['members.read', 'members.write']);
  await expect(createInvitation(limited, { email, role: 'admin' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(createInvitation(await tenant.as('viewer'), { email, role: 'viewer' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await createInvitation(tenant.owner, { email, role: 'owner' });
  await expect(createInvitation(tenant.owner, { email, role: 'viewer' })).rejects.toMatchObject({ code: 'conflict' });
});

test('another tenant’s invitations cannot be seen, sent again or withdrawn', async () => {
  const { invitation } = await invited();
  const other = await t.tenant();
  expect((await listInvitations(other.owner, {})).items).toEqual([]);
  const input = { invitationId: invitation.id };
  await expect(resendInvitation(other.owner, input)).rejects.toMatchObject({ code: 'not_found' });
  await expect(revokeInvitation(other.owner, input)).rejects.toMatchObject({ code: 'not_found' });
});
