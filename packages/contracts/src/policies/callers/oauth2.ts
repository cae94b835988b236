import { z } from 'zod';

/** Access tokens that Parley's own token endpoint issues for API keys (RFC 6749 §4.4); nothing of it can be set. */
export const oauth2Method = z.strictObject({ kind: z.literal('oauth2') });
