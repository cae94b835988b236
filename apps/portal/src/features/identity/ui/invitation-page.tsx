import { Fault } from '@parley/kernel/fault';
import { previewInvitation } from '@parley/services/invitations/preview';
import { getPerson } from '@parley/services/people/get';
import { ButtonLink } from '@parley/ui/button';
import { Notice } from '@parley/ui/page';
import type { Metadata } from 'next';
import { pageContext } from '@/trpc/server.tsx';
import { AcceptAsNew, AcceptAsPerson, SignInFirst } from './accept-invitation.tsx';
import { AuthPage } from './auth-page.tsx';

export const invitationMetadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' };

const OVER: Readonly<Record<string, string>> = {
  accepted: 'This invitation has been accepted already. Sign in to open the tenant.',
  revoked: 'This invitation was withdrawn. Ask whoever invited you for a new one.',
  expired: 'This invitation has run out. Ask whoever invited you to send it again.',
};

/** What an invitation offers, and the way to take it: signed in, with an account, or with a new one. */
export async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const context = await pageContext(null);
  const offer = await previewInvitation(context, { token }).catch((error: unknown) => {
    if (error instanceof Fault) return null;
    throw error;
  });
  if (!offer) {
    return (
      <AuthPage
        title="This invitation is not valid"
        lead="Mail programs sometimes break long links. Copy the whole address, or ask for a new invitation."
      >
        <ButtonLink href="/">Go to the front page</ButtonLink>
      </AuthPage>
    );
  }
  const over = OVER[offer.state];
  const person = context.userId ? await getPerson(context, {}) : null;
  const fits = person?.email === offer.email;
  return (
    <AuthPage
      title={`Join ${offer.tenant.name}`}
      lead={
        <>
          {offer.invitedBy} invites <span className="font-medium text-text">{offer.email}</span> as {offer.role.name}.{' '}
          {offer.role.summary}
        </>
      }
    >
      {over ? (
        <>
          <Notice tone="warning" title={over} />
          <ButtonLink href="/open">Open Parley</ButtonLink>
        </>
      ) : fits ? (
        <AcceptAsPerson token={token} />
      ) : person ? (
        <SignInFirst token={token} email={offer.email} signedInAs={person.email} />
      ) : offer.hasAccount ? (
        <SignInFirst token={token} email={offer.email} signedInAs={null} />
      ) : (
        <AcceptAsNew token={token} email={offer.email} />
      )}
    </AuthPage>
  );
}
