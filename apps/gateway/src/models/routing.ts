import { type ModelAlias, type ModelRoutingPolicy, modelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import type { CelExpression } from '@parley/domain/expressions/cel';
import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { MeaningRoutes } from './embedding/meaning-routes.ts';

/** A model behind an alias. */
export interface AliasTarget {
  readonly model: CompiledModel;
  readonly weight: number;
  readonly when: CelExpression | null;
  /** The route it answers, where models are chosen by meaning; empty for calls that fit none. */
  readonly route: string;
}

/** A name that stands for one of several models. */
export interface CompiledAlias {
  readonly strategy: ModelAlias['strategy'];
  readonly sticky: ModelAlias['sticky'];
  readonly targets: readonly AliasTarget[];
  /** Chooses among them by meaning; `null` where nothing does. */
  readonly meaning: MeaningRoutes | null;
}

/**
 * What holds where no policy says otherwise: one try, for a call that failed late may have been billed, and clients repeat
 * calls themselves.
 */
export const DEFAULT_ROUTING: ModelRoutingPolicy = modelRoutingPolicy.parse({ tries: 1 });

function compileAlias(alias: ModelAlias, models: ReadonlyMap<string, CompiledModel>): CompiledAlias {
  const targets = alias.targets.flatMap(({ model: name, weight, when, route }): AliasTarget[] => {
    const model = models.get(name);
    const compiled = when === '' ? null : REQUEST_LANGUAGE.compile(when, 'bool');
    // A condition nobody here can read does not hold: its model is left out rather than asked for everything.
    if (model === undefined || compiled?.ok === false) return [];
    return [{ model, weight, when: compiled?.ok ? compiled.expression : null, route }];
  });
  const meaning = alias.semantic === undefined ? null : new MeaningRoutes(alias.semantic, models);
  return { strategy: alias.strategy, sticky: alias.sticky, targets, meaning };
}

/** The policy's names as models: each has the face of its first target. Names without a model that is left are none. */
export function aliasModels(
  policy: ModelRoutingPolicy | undefined,
  models: ReadonlyMap<string, CompiledModel>,
): CompiledModel[] {
  return (policy?.aliases ?? []).flatMap((alias) => {
    const compiled = compileAlias(alias, models);
    const [first] = compiled.targets;
    return first === undefined ? [] : [{ ...first.model, slug: alias.name, alias: compiled }];
  });
}
