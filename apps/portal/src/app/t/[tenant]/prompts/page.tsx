export { PromptsPage as default, promptsMetadata as metadata } from '@/features/prompts/ui/prompts-page.tsx';
