export { handlePromptRun as POST } from '@/features/prompts/server/run.ts';
