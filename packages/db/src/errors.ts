import { Prisma } from './generated/client.ts';

/** True when a write met a unique constraint (Prisma P2002). */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** True when a write met a missing parent, a missing row, or a row still in use (Prisma P2003, P2025). */
export function isMissingOrInUse(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && (error.code === 'P2003' || error.code === 'P2025');
}
