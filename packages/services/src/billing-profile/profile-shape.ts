import { billingProfileSchema } from '@parley/contracts/billing-details';
import { z } from 'zod';

/** Every field of a publisher's profile; what is not given is emptied. */
export const profileInput = z.object(billingProfileSchema.shape);

/** An empty profile: of a publisher that has said nothing. */
export const EMPTY_PROFILE = billingProfileSchema.parse({});
