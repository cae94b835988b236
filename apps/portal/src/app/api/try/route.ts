export { handleTry as POST } from '@/features/catalogue/server/try-call.ts';
