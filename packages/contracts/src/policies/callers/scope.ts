import { z } from 'zod';

/** A scope token (RFC 6749 §3.3): visible ASCII without quotes and backslashes. */
export const scopeSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'A scope has no spaces, quotes or backslashes, like orders:read.');
