import { compose } from '../policies/compose/compose.ts';
import { deliver } from '../policies/deliver/deliver.ts';
import { graphql } from '../policies/graphql/graphql.ts';
import { grpc } from '../policies/grpc/serving.ts';
import { soap } from '../policies/soap/soap.ts';
import { webSocketServing } from '../policies/web-socket/serving.ts';
import type { EndpointSource } from '../stage.ts';
import type { Serving } from './serving.ts';

/** Policies that answer in place of the route's upstream; each makes `null` for an endpoint that does not have it. */
export const WAYS: readonly ((source: EndpointSource) => Serving | null)[] = [
  compose,
  deliver,
  webSocketServing,
  graphql,
  soap,
  grpc,
];
