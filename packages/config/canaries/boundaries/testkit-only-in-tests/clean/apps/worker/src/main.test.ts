import { makeTenant } from '@parley/testkit/tenant';

export const parts: readonly unknown[] = [makeTenant];
