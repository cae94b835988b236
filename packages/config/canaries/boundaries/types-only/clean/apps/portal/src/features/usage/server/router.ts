import type { Row } from '@parley/db/client';
import { type Row as Again } from '@parley/db/client';

export const usageRouter: readonly (Row | Again)[] = [];
