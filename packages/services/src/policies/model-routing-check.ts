import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';
import type { PolicyCheck } from './checks.ts';

/** Conditions of targets have to compile. */
export const modelRoutingCheck: PolicyCheck<ModelRoutingPolicy> = {
  modelsOnly: 'Only model and prompt APIs call models.',
  models: ({ aliases }) =>
    aliases.flatMap(({ targets, semantic }, at) => [
      ...targets.map(({ model }, target) => ({ path: `aliases.${at}.targets.${target}.model`, model })),
      ...(semantic === undefined || semantic.embedding === 'offline'
        ? []
        : [{ path: `aliases.${at}.semantic.embedding`, model: semantic.embedding }]),
    ]),
  problems: ({ aliases }) =>
    aliases.flatMap(({ targets }, at) =>
      targets.flatMap(({ when }, target) => {
        const compiled = when === '' ? null : REQUEST_LANGUAGE.compile(when, 'bool');
        if (compiled?.ok !== false) return [];
        const message = `Line ${compiled.line}, column ${compiled.column}: ${compiled.message}`;
        return [{ path: `aliases.${at}.targets.${target}.when`, message }];
      }),
    ),
};
