export { PromptPage as default, promptMetadata as generateMetadata } from '@/features/prompts/ui/prompt-page.tsx';
