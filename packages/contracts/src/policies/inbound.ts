import { z } from 'zod';

const upTo = (least: number, most: number, usual: number) => z.number().int().min(least).max(most).default(usual);
const headerName = z.string().regex(/^[a-z0-9-]{1,60}$/, 'Write the header in lower case, like x-acme-signature.');
const short = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Lower-case letters, digits and hyphens, at most 63.');

/** HMAC in a form of one's own; the others have theirs in the gateway's table of schemes. */
const hmacSender = z
  .strictObject({
    scheme: z.literal('hmac').describe('Another sender that signs with HMAC'),
    signatureHeader: headerName.describe('Header that carries the signature'),
    prefix: z
      .string()
      .max(40)
      .regex(/^[\x21-\x7e]*$/, 'Plain characters without spaces.')
      .default('')
      .describe('What stands before the signature in its header, like sha256='),
    encoding: z.enum(['hex', 'base64']).default('hex').describe('How the signature is written'),
    algorithm: z.enum(['sha256', 'sha512', 'sha1']).default('sha256').describe('Hash of the HMAC'),
    content: z
      .string()
      .max(200)
      .default('{body}')
      .refine((text) => text.split('{body}').length === 2, 'It must hold {body} once.')
      .refine(
        (text) => !/[{}]/.test(text.replace(/\{(?:body|timestamp|id)\}/g, '')),
        'Only {body}, {timestamp} and {id}.',
      )
      .describe('What is signed: {body}, {timestamp} and {id} stand for those; everything else for itself'),
    timestampHeader: headerName.optional().describe('Header with the time in Unix seconds'),
    idHeader: headerName
      .optional()
      .describe('Header with the id of the delivery; the signature stands for it when empty'),
  })
  .superRefine(({ content, timestampHeader, idHeader }, context) => {
    const lacks = (field: 'timestampHeader' | 'idHeader', sign: string): void =>
      context.addIssue({ code: 'custom', path: [field], message: `Name it: the content holds ${sign}.` });
    if (content.includes('{timestamp}') && timestampHeader === undefined) lacks('timestampHeader', '{timestamp}');
    if (content.includes('{id}') && idHeader === undefined) lacks('idHeader', '{id}');
    if (timestampHeader !== undefined && !content.includes('{timestamp}')) {
      context.addIssue({
        code: 'custom',
        path: ['content'],
        message: 'A time that is not signed proves nothing: add {timestamp}.',
      });
    }
  });
export type HmacSender = z.output<typeof hmacSender>;

const known = <Name extends string>(name: Name, words: string) =>
  z.strictObject({ scheme: z.literal(name).describe(words) });

export const senderSchema = z.discriminatedUnion('scheme', [
  known('standard', 'Standard Webhooks, and Svix'),
  known('github', 'GitHub'),
  known('stripe', 'Stripe'),
  known('slack', 'Slack'),
  hmacSender,
]);
export type Sender = z.output<typeof senderSchema>;

/** Calls of a third party that has no key here: known by its signature, taken once, counted to an application of one's own. */
export const inboundPolicy = z
  .strictObject({
    sender: senderSchema.describe('Who sends, and so how it signs'),
    application: short.describe('Short name of your application whose subscription these calls count to'),
    secret: short.default('default').describe('Name of the webhook secret kept with that application'),
    toleranceSeconds: upTo(10, 3600, 300).describe('How far a signed time may be from now'),
    dedupeSeconds: upTo(0, 604_800, 259_200).describe(
      'How long the same delivery is answered 200 without being handled again; 0 turns that off',
    ),
    maxBodyKb: upTo(1, 1024, 256).describe('Largest body'),
  })
  .refine(({ dedupeSeconds, toleranceSeconds }) => dedupeSeconds === 0 || dedupeSeconds >= 2 * toleranceSeconds, {
    path: ['dedupeSeconds'],
    error: 'At least twice the tolerance, or a replay could be taken again.',
  });
export type InboundPolicy = z.output<typeof inboundPolicy>;
