import type { PrismaClient } from '@prisma/client';
import { databaseUrl } from '@parley/env/server';

export type Row = { readonly id: string };
export const open = (): [string | undefined, PrismaClient | null] => [databaseUrl, null];
