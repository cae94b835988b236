import { z } from 'zod';

const text = z.string().trim().max(2000, 'At most 2,000 characters.');

/** A word to the applicant; may be empty. */
export const optionalReason = text.default('');

/** A word to the applicant where something is refused or taken away. */
export const requiredReason = text.min(1, 'Say why; the applicant reads it.');

/** When access ends by itself. */
export const expiryField = z.iso.datetime('Give a time such as 2027-01-31T00:00:00Z.').optional();
