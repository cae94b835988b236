import type { ContractPolicy } from '@parley/contracts/policies/contract';
import { type Finding, MAX_FINDINGS } from '@parley/domain/openapi/check-value';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import { NO_FACTS } from '../../routing/call-facts.ts';
import type { RouteTable } from '../../snapshot/route-table.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { addNote } from '../../wire/response-headers.ts';
import { FindingsLog } from '../findings-log.ts';
import { checkBody } from './body.ts';
import { type Operation, operationsOf } from './operations.ts';
import { checkParameters } from './parameters.ts';

interface Holding {
  readonly policy: ContractPolicy;
  readonly operations: RouteTable<Operation>;
  readonly log: FindingsLog;
}

/** Holds calls to the version's OpenAPI document; `null` without the policy. Without a document nothing can be kept. */
export function contract({ policies, api, version }: EndpointSource): Stage | null {
  const policy = policies.contract;
  if (!policy) return null;
  if (!version.contract) return deciding('contract', () => refusal('policy_unsupported'));
  const log = new FindingsLog('a call does not fit its contract', { api: api.slug, version: version.version });
  const holding: Holding = { policy, operations: operationsOf(version.contract), log };
  return deciding('contract', (exchange, ports) => check(holding, exchange, ports));
}

function check(holding: Holding, exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const { policy } = holding;
  const found = holding.operations.find(exchange.method, exchange.rest, NO_FACTS);
  if (found.kind !== 'match') {
    const message = `The API’s document describes no ${exchange.method.slice(0, 20)} of this path.`;
    return conclude(holding, exchange, ports, [{ pointer: '/path', message }]);
  }
  const { value: operation, params } = found.match;
  try {
    const ofHead = checkParameters(operation, exchange, params, policy.unknownQuery);
    const ofBody = checkBody(operation, exchange, policy);
    if (!(ofBody instanceof Promise)) return conclude(holding, exchange, ports, [...ofHead, ...ofBody]);
    return ofBody.then((outcome) =>
      outcome instanceof Refusal ? outcome : conclude(holding, exchange, ports, [...ofHead, ...outcome]),
    );
  } catch (error) {
    ports.log.error('a contract cannot be compiled', { requestId: exchange.id, error });
    return policy.mode === 'enforce' ? refusal('policy_unsupported') : null;
  }
}

function conclude(holding: Holding, exchange: Exchange, ports: Ports, findings: readonly Finding[]): Refusal | null {
  if (findings.length === 0) return null;
  holding.log.add(ports.log, { requestId: exchange.id, findings: findings.slice(0, MAX_FINDINGS) });
  if (holding.policy.mode === 'enforce') {
    return refusal('contract_violated', { errors: findings.slice(0, MAX_FINDINGS) });
  }
  addNote(exchange, 'x-parley-contract', `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`);
  return null;
}
