import { z } from 'zod';

/** An e-mail address as it is stored and compared: trimmed, lower case. */
export const emailShape = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'At most 254 characters.')
  .pipe(z.email('Enter an e-mail address, like dana@example.com.'));

export const personNameShape = z.string().trim().min(1, 'Tell us your name.').max(120, 'At most 120 characters.');

export const personShape = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  emailVerified: z.boolean(),
  hasPassword: z.boolean(),
});

/** A person as they see themselves; never the hash. */
export function personOut(user: {
  id: string;
  email: string;
  name: string;
  emailVerifiedAt: Date | null;
  passwordHash: string | null;
}): z.input<typeof personShape> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    emailVerified: user.emailVerifiedAt !== null,
    hasPassword: user.passwordHash !== null,
  };
}
