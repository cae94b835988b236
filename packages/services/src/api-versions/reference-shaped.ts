import type { EndpointShape } from '@parley/domain/translation/endpoint-shape';
import { errorResponses } from './reference-errors.ts';
import type { Json } from './reference-part.ts';

const STATUSES = [400, 401, 403, 404, 413, 415, 429, 502, 503, 504];

/** The operation of an endpoint whose input and answer a policy describes. */
export function shapedOperation(
  route: { readonly method: string; readonly path: string; readonly summary: string },
  shape: EndpointShape,
): Json {
  const { parameters, body, answer } = shape;
  return {
    summary: route.summary || shape.summary || `${route.method} ${route.path}`,
    parameters,
    ...(body === null
      ? {}
      : { requestBody: { required: body.required, content: { 'application/json': { schema: body.schema } } } }),
    responses: {
      '200': { description: 'The answer.', content: { 'application/json': { schema: answer } } },
      ...errorResponses(STATUSES, 'problem'),
    },
  };
}
