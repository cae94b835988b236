import { z } from 'zod';
import { headerName, jsonataText, valueTemplate } from './mapping.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const stepName = z
  .string()
  .trim()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'A small letter, then letters and digits, at most 40.');

const step = z.strictObject({
  name: stepName.describe('Its name, by which others and the answer speak of it'),
  upstream: z.string().min(1, 'Choose an upstream.').max(63).describe('Short name of the upstream that is called'),
  method: z.enum(METHODS).default('GET').describe('Steps that are not GET, PUT or DELETE are never sent twice'),
  path: z
    .string()
    .max(2000, 'At most 2,000 characters.')
    .regex(/^\/[\x21-\x7e]*$/, 'A path that starts with / and has no spaces.')
    .describe('Path and query; {request.params.id}, {steps.order.body.customerId} and the like are filled in, encoded'),
  body: jsonataText.default('').describe('JSONata: the JSON body it sends; empty for none'),
  headers: z
    .record(headerName, valueTemplate)
    .refine((headers) => Object.keys(headers).length <= 30, 'At most 30.')
    .default({})
    .describe('Headers it sends beside its upstream’s credential'),
  after: z.array(stepName).max(9).default([]).describe('Steps above that it waits for; others run at the same time'),
  when: z
    .string()
    .max(2000, 'At most 2,000 characters.')
    .default('')
    .describe('A condition in CEL; where it does not hold the step is left out: steps.order.body.total > 100'),
  accept: z
    .array(z.string().regex(/^[2-5](?:xx|\d\d)$/, 'A status or a class of them, like 404 or 2xx.'))
    .min(1, 'Say which statuses are good.')
    .max(20, 'At most 20.')
    .default(['2xx'])
    .describe('Statuses that are an answer; with any other it has failed'),
  required: z.boolean().default(true).describe('Whether the call fails with it'),
  fallback: z
    .string()
    .max(10_000, 'At most 10,000 characters.')
    .default('null')
    .describe('JSON that stands for its body when it failed and is not required'),
  timeoutMs: z.number().int().min(1).max(60_000).default(5000).describe('Time it may take, repeats included'),
});
export type ComposeStep = z.output<typeof step>;

const COMPOSE = {
  steps: z
    .array(step)
    .min(1, 'Add a step.')
    .max(10, 'At most 10 steps.')
    .describe('Calls to upstreams; each may use what those it waits for have answered'),
  answer: jsonataText
    .min(1, 'Say what the caller gets.')
    .describe(
      'JSONata: an object with body, and status and headers where they are not 200 and JSON, made of steps and request',
    ),
  maxKb: z
    .number()
    .int()
    .min(1)
    .max(2048)
    .default(512)
    .describe('Size of each body: the caller’s, of each answer, of the reply')
    .meta({ title: 'Largest body' }),
  totalMs: z.number().int().min(1).max(120_000).default(15_000).describe('Time all steps together may take'),
  timeoutMs: z.number().int().min(1).max(2000).default(200).describe('Time each expression may take'),
} as const;

type Problem = readonly [path: (string | number)[], message: string];

/** What no field alone can judge. */
function problems({ steps }: z.output<z.ZodObject<typeof COMPOSE>>): Problem[] {
  const found: Problem[] = [];
  const above = new Set<string>();
  steps.forEach(({ name, after, method, body }, at) => {
    if (above.has(name)) found.push([['steps', at, 'name'], 'Each step needs a name of its own.']);
    after.forEach((other, place) => {
      if (!above.has(other)) found.push([['steps', at, 'after', place], `There is no step “${other}” above this one.`]);
    });
    if (method === 'GET' && body.trim() !== '') found.push([['steps', at, 'body'], 'GET sends no body.']);
    above.add(name);
  });
  return found;
}

/** One call that is answered from several: steps to configured upstreams, and an expression that makes one reply of them. */
export const composePolicy = z.strictObject(COMPOSE).superRefine((policy, context) => {
  for (const [path, message] of problems(policy)) context.addIssue({ code: 'custom', path, message });
});
export type ComposePolicy = z.output<typeof composePolicy>;
