import type { Contract, ContractOperation, ContractParameter, JsonSchema } from '@parley/contracts/contract-document';
import type { ContractSnapshot } from '@parley/contracts/snapshot';
import { ContractSchemas, type ValueCheck } from '@parley/domain/openapi/check-value';
import { RouteTable } from '../../snapshot/route-table.ts';

export interface ParameterCheck extends ContractParameter {
  readonly check: ValueCheck | null;
}

type Content = ContractOperation['responses'][string];

/** One operation of a contract. Its schemas are compiled when a call first needs them, and then kept. */
export class Operation {
  readonly source: ContractOperation;
  /** Names of the path's parameters, in order. */
  readonly pathNames: readonly string[];
  readonly queryNames: ReadonlySet<string>;
  readonly #schemas: ContractSchemas;
  readonly #bodies = new Map<JsonSchema, ValueCheck>();
  #parameters: readonly ParameterCheck[] | null = null;

  constructor(source: ContractOperation, schemas: ContractSchemas) {
    this.source = source;
    this.#schemas = schemas;
    this.pathNames = Array.from(source.path.matchAll(/\{(\w+)\}/g), (match) => match[1] as string);
    this.queryNames = new Set(source.parameters.filter((one) => one.in === 'query').map((one) => one.name));
  }

  /** Throws when a schema cannot be compiled. */
  get parameters(): readonly ParameterCheck[] {
    this.#parameters ??= this.source.parameters.map((one) => ({
      ...one,
      check: one.schema === null || one.form === 'unchecked' ? null : this.#schemas.compile(one.schema),
    }));
    return this.#parameters;
  }

  /** Throws when the schema cannot be compiled. */
  checkOf(schema: JsonSchema): ValueCheck {
    let check = this.#bodies.get(schema);
    if (check === undefined) {
      check = this.#schemas.compile(schema);
      this.#bodies.set(schema, check);
    }
    return check;
  }

  /** The content that the contract has for a status: the status itself, its class, or the default. */
  responseContent(status: number): Content | null {
    const { responses } = this.source;
    return responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses.default ?? null;
  }
}

/** The entry for a media type: itself, its kind, or any (OpenAPI §4.8.14); `undefined` when there is none. */
export function mediaOf(content: Content, contentType: string): JsonSchema | null | undefined {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  for (const name of [type, `${type.split('/', 1)[0]}/*`, '*/*'])
    if (Object.hasOwn(content, name)) return content[name];
  return undefined;
}

/** Contracts by their hash: a change elsewhere in a tenant does not have them compiled again. */
const kept = new Map<string, RouteTable<Operation>>();
const MAX_KEPT = 200;

export function operationsOf(contract: ContractSnapshot): RouteTable<Operation> {
  let table = kept.get(contract.hash);
  if (table === undefined) {
    table = tableOf(contract);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? '');
  } else kept.delete(contract.hash);
  kept.set(contract.hash, table);
  return table;
}

function tableOf(contract: Contract): RouteTable<Operation> {
  const schemas = new ContractSchemas(contract.definitions);
  const table = new RouteTable<Operation>();
  for (const one of contract.operations) {
    table.add(one.method, one.path, new Operation(one, schemas));
  }
  return table;
}
