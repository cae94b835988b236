import { z } from 'zod';

/** Basic authentication with an API key as the password; nothing of it can be set. */
export const basicMethod = z.strictObject({ kind: z.literal('basic') });
