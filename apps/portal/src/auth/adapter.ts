import type { SignedIn } from '@parley/services/sign-in/check-password';
import type { Ground } from '@parley/services/sign-in/ground';
import {
  confirmEmail,
  keepMailLink,
  personByEmail,
  personById,
  takeMailLink,
} from '@parley/services/sign-in/mail-link';
import type { Adapter, AdapterUser } from 'next-auth/adapters';

/**
 * What next-auth's e-mail flow needs of a store, and no more: people are made by `people.sign-up`, and sessions are in
 * signed cookies. next-auth hashes a link's token before it hands it over.
 */
export function mailLinkAdapter(ground: () => Ground): Adapter {
  return {
    createUser() {
      throw new Error('people sign up by people.sign-up only');
    },
    getUser: async (id) => asUser(await personById(ground(), id)),
    getUserByEmail: async (email) => asUser(await personByEmail(ground(), email)),
    async updateUser({ id }) {
      const user = asUser(await confirmEmail(ground(), id));
      if (!user) throw new Error('the person is gone');
      return user;
    },
    async createVerificationToken({ identifier, token, expires }) {
      await keepMailLink(ground(), { identifier, tokenHash: token, expiresAt: expires });
      return { identifier, token, expires };
    },
    async useVerificationToken({ identifier, token }) {
      const taken = await takeMailLink(ground(), { identifier, tokenHash: token });
      return taken && { identifier, token, expires: taken.expiresAt };
    },
  };
}

/** A person as next-auth knows them, with the epoch that our session carries. */
export type SessionUser = AdapterUser & { readonly epoch: number };

export function asUser(person: SignedIn | null): SessionUser | null {
  return (
    person && {
      id: person.userId,
      email: person.email,
      name: person.name,
      emailVerified: null,
      epoch: person.sessionEpoch,
    }
  );
}
