import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  type OperationDefinitionNode,
  parse,
  print,
  separateOperations,
  specifiedRules,
  stripIgnoredCharacters,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
  validate,
} from 'graphql';
import { messageOf } from './schema-text.ts';

/** What a document can be held to when nobody knows the service's schema. */
const WITHOUT_SCHEMA = [
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
];
const ANY_SCHEMA = buildSchema('type Query { any: Int }');
const MAX_TOKENS = 5000;

export interface ReadOperation {
  readonly operation: OperationDefinitionNode;
  /** The operation and the fragments it uses. */
  readonly document: DocumentNode;
  /** The same as text without what means nothing. */
  readonly query: string;
}

export interface WrongDocument {
  readonly path: 'document' | 'operationName';
  readonly message: string;
}

/** Reads a document and chooses its operation; tells what is wrong, each with its line and column. */
export function readOperation(
  text: string,
  operationName: string | undefined,
  schema: GraphQLSchema | null,
): ReadOperation | readonly WrongDocument[] {
  try {
    const whole = parse(text, { maxLexicalTokens: MAX_TOKENS });
    const rules = schema === null ? WITHOUT_SCHEMA : specifiedRules;
    const mistakes = validate(schema ?? ANY_SCHEMA, whole, rules, { maxErrors: 10 });
    if (mistakes.length > 0) return mistakes.map((mistake) => wrong(messageOf(mistake)));
    return choose(whole, operationName);
  } catch (error) {
    return [wrong(messageOf(error))];
  }
}

function choose(whole: DocumentNode, operationName: string | undefined): ReadOperation | readonly WrongDocument[] {
  const operations = whole.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const named = operations.filter(({ name }) => operationName === undefined || name?.value === operationName);
  const [operation, ...more] = named;
  if (operation === undefined) {
    if (operationName === undefined) return [wrong('It holds no query or mutation.')];
    return [{ path: 'operationName', message: `The document has no operation “${operationName}”.` }];
  }
  if (more.length > 0) {
    const names = operations.flatMap(({ name }) => name?.value ?? []).join(', ');
    return [{ path: 'operationName', message: `The document has several operations: choose one of ${names}.` }];
  }
  if (operation.operation === 'subscription') return [wrong('A subscription cannot be an endpoint.')];
  const document = separateOperations(whole)[operation.name?.value ?? ''] ?? whole;
  return { operation, document, query: stripIgnoredCharacters(print(document)) };
}

function wrong(message: string): WrongDocument {
  return { path: 'document', message };
}
