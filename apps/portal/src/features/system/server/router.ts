import { dismissDeadLetter } from '@parley/services/dead-letters/dismiss';
import { listDeadLetters } from '@parley/services/dead-letters/list';
import { retryDeadLetter } from '@parley/services/dead-letters/retry';
import { listStandingChecks } from '@parley/services/standing-checks/list';
import { listStripeEvents } from '@parley/services/stripe-events/list';
import { retryStripeEvent } from '@parley/services/stripe-events/retry';
import { systemHealth } from '@parley/services/system/health';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const systemRouter = t.router({
  health: procedureFor(systemHealth),
  checks: procedureFor(listStandingChecks),
  deadLetters: procedureFor(listDeadLetters),
  retry: procedureFor(retryDeadLetter),
  dismiss: procedureFor(dismissDeadLetter),
  stripeEvents: procedureFor(listStripeEvents),
  retryStripeEvent: procedureFor(retryStripeEvent),
});
