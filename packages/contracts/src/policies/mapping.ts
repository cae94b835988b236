import { z } from 'zod';

/** Pieces that policies share which change what travels: headers, and bodies by an expression. */

/** Set by the gateway, of one hop only, or what frames a message: no policy changes them (RFC 9110 §7.6.1). */
const FIXED_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-encoding',
  'host',
  'expect',
  'via',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);
/** Credentials are set at the upstream, where they are sealed; a policy can be read by everybody in the workspace. */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'www-authenticate']);

export const headerName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/, 'A header name of letters, digits and dashes.')
  .refine((name) => !FIXED_HEADERS.has(name), 'This header belongs to the gateway and cannot be changed.')
  .refine((name) => !name.startsWith('x-parley-'), 'Headers that start with x-parley- are the gateway’s own.')
  .refine((name) => !CREDENTIALS.has(name), 'Credentials cannot be set here: give them to the upstream.');

/** A value as it is, with what is known of the call between braces; its names are checked when it is saved. */
export const valueTemplate = z.string().max(1000, 'At most 1,000 characters.');

const few = (record: Readonly<Record<string, unknown>>): boolean => Object.keys(record).length <= 50;

export const headerChanges = z.strictObject({
  set: z
    .record(headerName, valueTemplate)
    .refine(few, 'At most 50.')
    .default({})
    .describe(
      'Headers and their values; {request.headers.name} and the like are filled in, an empty value takes it away',
    ),
  append: z
    .record(headerName, valueTemplate)
    .refine(few, 'At most 50.')
    .default({})
    .describe('Values added beside those that are there'),
  remove: z.array(headerName).max(50, 'At most 50.').default([]).describe('Headers that go no further'),
  rename: z
    .record(headerName, headerName)
    .refine(few, 'At most 50.')
    .default({})
    .describe('Old names and the new ones; done first, before anything is removed or set'),
});
export type HeaderChanges = z.output<typeof headerChanges>;

/** A JSONata expression; compiled when it is saved. */
export const jsonataText = z.string().max(10_000, 'At most 10,000 characters.');

const xmlName = z.string().trim().min(1).max(100);

export const bodyMapping = z
  .strictObject({
    map: jsonataText.default('').describe('JSONata: what the body becomes; empty leaves it as it is'),
    from: z.enum(['json', 'xml']).default('json').describe('What comes'),
    to: z.enum(['json', 'xml']).default('json').describe('What goes on'),
    arrays: z
      .array(xmlName)
      .max(50, 'At most 50.')
      .default([])
      .describe('XML elements that are always read as lists, however many there are'),
    otherTypes: z
      .enum(['refuse', 'pass'])
      .default('refuse')
      .describe('What happens to bodies of another media type, to compressed requests and to event streams'),
    maxKb: z
      .number()
      .int()
      .min(1)
      .max(10_240)
      .default(1024)
      .describe('Larger bodies are refused, before and after')
      .meta({ title: 'Largest body' }),
    timeoutMs: z.number().int().min(1).max(2000).default(200).describe('Time the expression may take'),
  })
  .refine(({ map, from, to }) => map.trim() !== '' || from !== to, {
    path: ['map'],
    message: 'Write an expression, or choose two formats.',
  });
export type BodyMapping = z.output<typeof bodyMapping>;
