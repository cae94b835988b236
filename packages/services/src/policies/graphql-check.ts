import type { GraphqlPolicy } from '@parley/contracts/policies/graphql';
import { compileGraphql } from '@parley/domain/graphql/compile';
import type { PolicyCheck } from './checks.ts';

/** The query, its variables and the schema are read when they are saved. */
export const graphqlCheck: PolicyCheck<GraphqlPolicy> = {
  restOnly: 'Only routes of REST APIs can be answered from a GraphQL service.',
  answersInstead: true,
  onRoute: (settings, route) => {
    const compiled = compileGraphql(settings, route);
    return 'plan' in compiled ? [] : compiled;
  },
};
