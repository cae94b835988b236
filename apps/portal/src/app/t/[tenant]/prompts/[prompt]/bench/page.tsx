export { BenchPage as default, benchMetadata as generateMetadata } from '@/features/prompts/ui/bench/bench-page.tsx';
