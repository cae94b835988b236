import { open } from '@parley/db/client';

export const makeTenant = (): unknown => open();
