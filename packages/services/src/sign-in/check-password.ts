import { hashPassword, verifyPassword } from '../people/password.ts';
import type { Ground } from './ground.ts';

/** A person who has proved who they are. */
export interface SignedIn {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly sessionEpoch: number;
}

/**
 * Checks an e-mail and password. `null` for a wrong password, an unknown e-mail and a person without a password alike,
 * after the same work. A hash made with older parameters is replaced on the way.
 */
export async function checkPassword(
  ground: Ground,
  given: { email: string; password: string },
): Promise<SignedIn | null> {
  const email = given.email.trim().toLowerCase();
  const user = await ground.db.within({}, (tx) => tx.user.findUnique({ where: { email } }));
  const { matches, stale } = await verifyPassword(given.password.slice(0, 200), user?.passwordHash ?? null);
  if (!user || !matches) return null;
  if (stale) {
    const passwordHash = await hashPassword(given.password);
    await ground.db.within({}, (tx) =>
      tx.user.updateMany({ where: { id: user.id, passwordHash: user.passwordHash }, data: { passwordHash } }),
    );
  }
  return { userId: user.id, email: user.email, name: user.name, sessionEpoch: user.sessionEpoch };
}
