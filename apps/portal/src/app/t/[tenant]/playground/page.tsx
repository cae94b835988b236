export {
  PlaygroundPage as default,
  playgroundMetadata as metadata,
} from '@/features/playground/ui/playground-page.tsx';
