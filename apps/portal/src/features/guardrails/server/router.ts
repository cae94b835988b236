import { listGuardrails } from '@parley/services/guardrails/list';
import { tryGuardrails } from '@parley/services/guardrails/try';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const guardrailsRouter = t.router({
  list: procedureFor(listGuardrails),
  try: procedureFor(tryGuardrails),
});
