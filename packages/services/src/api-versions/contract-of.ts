import { createHash } from 'node:crypto';
import { MAX_CONTRACT_BYTES } from '@parley/contracts/contract-document';
import type { ContractSnapshot } from '@parley/contracts/snapshot';
import { buildContract } from '@parley/domain/openapi/build-contract';
import { ContractSchemas } from '@parley/domain/openapi/check-value';
import { isObject } from '@parley/domain/openapi/document';
import { wrongField } from '../conflict.ts';
import type { StoredDefinition } from './definition-shape.ts';

/** Whether the policy `contract` holds anywhere in a version. */
export function asksContract(definition: Pick<StoredDefinition, 'policies'> & { readonly routes?: unknown }): boolean {
  if (definition.policies?.contract) return true;
  const routes = Array.isArray(definition.routes) ? (definition.routes as unknown[]) : [];
  return routes.some((route) => isObject(route) && isObject(route.policies) && Boolean(route.policies.contract));
}

/** What an imported document asks of calls, for the gateway; `null` without one. */
export function contractOf(openapi: unknown): ContractSnapshot | null {
  if (!isObject(openapi)) return null;
  const contract = buildContract(openapi);
  return { ...contract, hash: createHash('sha256').update(JSON.stringify(contract)).digest('base64url') };
}

/** Throws `invalid_input` when calls could not be held to the document. */
export function refuseUnkeepable(kind: StoredDefinition['kind'], openapi: unknown): void {
  if (kind !== 'rest') throw wrongField('policies.contract', 'Only REST APIs have a contract of their own.');
  const contract = contractOf(openapi);
  if (contract === null) throw wrongField('policies.contract', 'Import an OpenAPI document into this version first.');
  const bytes = Buffer.byteLength(JSON.stringify(contract));
  if (bytes > MAX_CONTRACT_BYTES) {
    const [is, most] = [bytes, MAX_CONTRACT_BYTES].map((size) => Math.ceil(size / 1024));
    throw wrongField(
      'policies.contract',
      `The document’s schemas take ${is} KB; at most ${most} KB can be checked against.`,
    );
  }
  const schemas = new ContractSchemas(contract.definitions);
  for (const { method, path, parameters, body, responses } of contract.operations) {
    const contents = [body?.content ?? {}, ...Object.values(responses)].flatMap((content) => Object.values(content));
    for (const schema of [...parameters.map((one) => one.schema), ...contents]) {
      try {
        if (schema !== null) schemas.compile(schema);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
        throw wrongField('policies.contract', `A schema of ${method} ${path} cannot be used: ${reason}`);
      }
    }
  }
}
