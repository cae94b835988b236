import { buildSchema, GraphQLError, graphql } from 'graphql';
import { type Behaviour, sendJson } from './upstream-server.ts';

/** The schema of a real GraphQL service: `graphqlBehaviour` answers by it. */
export const SDL = `
  type Product { id: ID! name: String! price: Float stock: Int! }
  enum Status { OPEN SOLD }
  input NewProduct { name: String! price: Float tags: [String!] }
  type Query {
    product(id: ID!): Product
    products(first: Int = 10, status: [Status!], country: String): [Product!]!
    echo(text: String!): String!
    fails(code: String!): Product
    deep: String
  }
  type Mutation { addProduct(input: NewProduct!): Product! }
`;
const schema = buildSchema(SDL);

const product = (id: string, name = `Product ${id}`) => ({
  id,
  name,
  price: () => {
    if (id === 'odd') throw new GraphQLError('The price is out of order.', { extensions: { code: 'INTERNAL' } });
    return 9.5;
  },
  stock: () => {
    if (id === 'broken') throw new Error('SELECT stock FROM products failed');
    return 3;
  },
});

const root = {
  product: ({ id }: { id: string }) => (id === 'none' ? null : product(id)),
  products: ({ first, status, country }: { first: number; status?: string[]; country?: string }) =>
    Array.from({ length: first }, (_, at) => product(String(at), [country, ...(status ?? [])].join(' '))),
  echo: ({ text }: { text: string }) => text,
  fails: ({ code }: { code: string }) => {
    throw new GraphQLError(`It says ${code}.`, { extensions: { code } });
  },
  addProduct: ({ input }: { input: { name: string; tags?: string[] } }) =>
    product('new', `${input.name} ${input.tags?.join() ?? ''}`),
};

/** Answers as a GraphQL server over HTTP does. */
export const graphqlBehaviour: Behaviour = async ({ headers, body }, response) => {
  const { query, variables, operationName } = JSON.parse(body.toString()) as {
    query: string;
    variables: Record<string, unknown>;
    operationName: string;
  };
  const result = await graphql({ schema, source: query, variableValues: variables, operationName, rootValue: root });
  const modern = headers.accept?.includes('application/graphql-response+json') ?? false;
  const type = modern ? 'application/graphql-response+json; charset=utf-8' : 'application/json';
  sendJson(response, result.data === undefined ? 400 : 200, result, { 'content-type': type });
};
