import { handler } from '../auth/options.ts';

export const root = { handler };
