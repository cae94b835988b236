import type { Contract, ContractParameter } from '@parley/contracts/contract-document';
import { type Direction, SchemaConverter } from './convert-schema.ts';
import { followed, isObject, type Json, listOf, operationsOf } from './document.ts';
import { routePath } from './imported-routes.ts';

/** What an OpenAPI 3.0 or 3.1 document asks of calls and answers, ready to be compiled. Expects one that was imported. */
export function buildContract(document: Json): Contract {
  const schemas = new SchemaConverter(document);
  const operations = operationsOf(document).map(({ method, path, operation, parameters }) => ({
    method: method.toUpperCase(),
    path: routePath(path),
    parameters: parameters.flatMap((one) => contractParameter(one, document, schemas)),
    body: bodyOf(followed(document, operation.requestBody), schemas),
    responses: Object.fromEntries(
      Object.entries(isObject(operation.responses) ? operation.responses : {}).map(([status, response]) => [
        status.toUpperCase() === 'DEFAULT' ? 'default' : status.toUpperCase(),
        contentOf(followed(document, response).content, 'response', schemas),
      ]),
    ),
  }));
  return { definitions: schemas.definitions, operations };
}

function bodyOf(body: Json, schemas: SchemaConverter): Contract['operations'][number]['body'] {
  if (!isObject(body.content)) return null;
  return { required: body.required === true, content: contentOf(body.content, 'request', schemas) };
}

function contentOf(content: unknown, direction: Direction, schemas: SchemaConverter) {
  if (!isObject(content)) return {};
  return Object.fromEntries(
    Object.entries(content).map(([type, media]) => [
      (type.split(';', 1)[0] ?? '').trim().toLowerCase(),
      isObject(media) && media.schema !== undefined ? schemas.convert(media.schema, direction) : null,
    ]),
  );
}

const PLACES = new Set(['path', 'query', 'header', 'cookie']);
/** Headers that OpenAPI leaves to other parts of the document (3.1 §4.8.12.2). */
const NOT_PARAMETERS = new Set(['accept', 'content-type', 'authorization']);
const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' };

function contractParameter(parameter: Json, document: Json, schemas: SchemaConverter): ContractParameter[] {
  const place = String(parameter.in);
  const given = String(parameter.name);
  const name = place === 'header' ? given.toLowerCase() : given;
  if (!PLACES.has(place) || (place === 'header' && NOT_PARAMETERS.has(name))) return [];
  const shared = {
    in: place as ContractParameter['in'],
    name,
    required: parameter.required === true || place === 'path',
  };
  if (isObject(parameter.content)) {
    const [type, media] = Object.entries(parameter.content)[0] ?? [];
    const schema = isObject(media) && /json/i.test(type ?? '') ? schemas.convert(media.schema, 'request') : null;
    return [{ ...shared, schema, form: schema === null ? 'unchecked' : 'json', separator: '' }];
  }
  if (parameter.schema === undefined) return [{ ...shared, schema: null, form: 'unchecked', separator: '' }];
  const kind = kindOf(followed(document, parameter.schema), document);
  const usual = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  const style = typeof parameter.style === 'string' ? parameter.style : usual;
  const explode = typeof parameter.explode === 'boolean' ? parameter.explode : style === 'form';
  const repeated = kind === 'list' && explode && style === 'form';
  return [
    {
      ...shared,
      schema: schemas.convert(parameter.schema, 'request'),
      form: formOf(kind, style),
      separator: kind === 'list' && !repeated ? (SEPARATORS[style] ?? ',') : '',
    },
  ];
}

function formOf(kind: ReturnType<typeof kindOf>, style: string): ContractParameter['form'] {
  if (style === 'matrix' || style === 'label') return 'unchecked';
  if (kind !== 'object') return kind;
  return style === 'deepObject' ? 'deepObject' : 'unchecked';
}

function kindOf(schema: Json, document: Json, depth = 0): 'value' | 'list' | 'object' {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes('array') || schema.items !== undefined) return 'list';
  if (types.includes('object') || isObject(schema.properties)) return 'object';
  if (depth === 2) return 'value';
  const parts = [schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) => listOf(list).slice(0, 10));
  return (
    parts.map((part) => kindOf(followed(document, part), document, depth + 1)).find((kind) => kind !== 'value') ??
    'value'
  );
}
