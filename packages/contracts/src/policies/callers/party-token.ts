import { z } from 'zod';

/** Party tokens, which applications issue with their keys (docs/party-tokens.md). Taken with API keys anyway; alone: nothing else. */
export const partyTokenMethod = z.strictObject({ kind: z.literal('partyToken') });
