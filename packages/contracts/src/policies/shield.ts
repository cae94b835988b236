import { z } from 'zod';
import { SHIELD_RULE_IDS } from './shield-rules.ts';

const upTo = (least: number, most: number, usual: number) => z.number().int().min(least).max(most).default(usual);

/** Looks for attacks in path, query, headers and bodies (not in prompts), and bounds how much a request may hold. */
export const shieldPolicy = z.strictObject({
  mode: z.enum(['block', 'report']).default('block').describe('Block, or only report in a header and the log'),
  threshold: upTo(1, 100, 5).describe('Score from which a request is blocked; most rules weigh 5'),
  paranoia: upTo(1, 3, 1).describe('1 is hardly ever wrong; 2 and 3 find more and err more'),
  excludedRules: z
    .array(z.enum(SHIELD_RULE_IDS, 'Name a rule of the list in docs/policies/shield.md, like xss.tag.'))
    .max(SHIELD_RULE_IDS.length)
    .default([])
    .describe('Rules that do not apply here'),
  inspectBodyKb: upTo(0, 1024, 64).describe('Kilobytes of a body that are looked at; 0 leaves bodies alone'),
  maxHeaders: upTo(10, 500, 100).describe('Most headers of a request'),
  maxHeaderBytes: upTo(256, 16_384, 8192).describe('Longest header value, in bytes'),
  maxQueryParameters: upTo(1, 1000, 100).describe('Most query parameters'),
  maxJsonDepth: upTo(2, 200, 32).describe('Deepest nesting of a JSON body'),
  maxJsonKeys: upTo(10, 100_000, 5000).describe('Most fields of a JSON body'),
  maxDecompressedKb: upTo(64, 16_384, 1024).describe('Kilobytes that a compressed body may unpack to'),
});
export type ShieldPolicy = z.output<typeof shieldPolicy>;
