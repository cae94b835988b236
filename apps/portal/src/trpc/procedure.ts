import type { AnyVerb, Verb } from '@parley/services/verb';
import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { z } from 'zod';
import type { RequestContext } from './context.ts';
import { asTrpcError, t } from './init.ts';

interface Definition<Input extends z.ZodType, Output extends z.ZodType> {
  input: z.input<Input>;
  output: z.output<Output>;
  meta: object;
}

/** Something that must hold before a public verb runs; throws a fault when it does not. */
type Gate = (headers: Headers) => Promise<void>;

/**
 * A procedure made from a verb: read verbs become queries, write verbs mutations, with the verb's own types. The verb
 * parses the input and decides who may call it, so nothing is repeated here.
 */
export function procedureFor<Input extends z.ZodType, Output extends z.ZodType>(
  verb: Verb<Input, Output, 'read'>,
  gate?: Gate,
): TRPCQueryProcedure<Definition<Input, Output>>;
export function procedureFor<Input extends z.ZodType, Output extends z.ZodType>(
  verb: Verb<Input, Output, 'write'>,
  gate?: Gate,
): TRPCMutationProcedure<Definition<Input, Output>>;
export function procedureFor(verb: AnyVerb, gate?: Gate): unknown {
  const procedure = t.procedure.input((raw: unknown) => raw);
  const call = async ({ ctx, input }: { ctx: RequestContext; input: unknown }) => {
    try {
      await gate?.(ctx.headers);
      return await verb.invoke(await ctx.verbs(), input ?? {});
    } catch (error) {
      throw asTrpcError(error);
    }
  };
  return verb.spec.kind === 'read' ? procedure.query(call) : procedure.mutation(call);
}
