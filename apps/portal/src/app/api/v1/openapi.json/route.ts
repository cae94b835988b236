export { handleOpenApi as GET } from '@/features/management-api/server/handlers.ts';
export const dynamic = 'force-dynamic';
