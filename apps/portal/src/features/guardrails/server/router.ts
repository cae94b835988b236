import { askGuardrails } from '@parley/services/guardrails/ask';
import { listGuardrails } from '@parley/services/guardrails/list';
import { tryGuardrails } from '@parley/services/guardrails/try';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const guardrailsRouter = t.router({
  ask: procedureFor(askGuardrails),
  list: procedureFor(listGuardrails),
  try: procedureFor(tryGuardrails),
});
