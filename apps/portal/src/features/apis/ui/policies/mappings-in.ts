import { isFields, type Value } from '@/schema-form/schema-node.ts';

/** A mapping of a policy as it is being edited, and what a body for it looks like. */
export interface TriedMapping {
  readonly label: string;
  readonly mapping: {
    readonly map: string;
    readonly from: 'json' | 'xml';
    readonly to: 'json' | 'xml';
    readonly arrays: string[];
  };
  readonly example: string;
}

const COMPOSED =
  '{\n  "steps": { "order": { "status": 200, "headers": {}, "body": {} } },\n  "request": { "body": null }\n}';

const format = (value: Value): 'json' | 'xml' => (value === 'xml' ? 'xml' : 'json');

function ofBody(label: string, body: Value): TriedMapping[] {
  if (!isFields(body)) return [];
  const { map, from, to, arrays } = body;
  const text = typeof map === 'string' ? map : '';
  // As it is saved, it has to do something.
  if (text.trim() === '' && format(from) === format(to)) return [];
  const names = Array.isArray(arrays) ? (arrays as readonly Value[]).filter((name) => typeof name === 'string') : [];
  return [
    {
      label,
      mapping: { map: text, from: format(from), to: format(to), arrays: names },
      example: format(from) === 'xml' ? '<order id="1"><item>…</item></order>' : '{ "id": 1 }',
    },
  ];
}

/** The mappings of bodies that a policy's settings hold, in the order of its form; none for policies without. */
export function mappingsIn(kind: string, value: Value): TriedMapping[] {
  if (!isFields(value)) return [];
  if (kind === 'compose') {
    const { answer, steps } = value;
    const bodies = (Array.isArray(steps) ? (steps as readonly Value[]) : []).flatMap((step, at) => {
      const { body, name } = isFields(step) ? step : {};
      const label = `Body of ${typeof name === 'string' && name !== '' ? name : `step ${at + 1}`}`;
      return ofBody(label, { map: body });
    });
    return [...bodies, ...ofBody('Reply', { map: answer })].map((one) => ({ ...one, example: COMPOSED }));
  }
  if (kind !== 'transform') return [];
  const { request, responses } = value;
  const rules = Array.isArray(responses) ? (responses as readonly Value[]) : [];
  return [
    ...ofBody('Request', isFields(request) ? request['body'] : undefined),
    ...rules.flatMap((rule, at) => ofBody(`Answer, rule ${at + 1}`, isFields(rule) ? rule['body'] : undefined)),
  ];
}
