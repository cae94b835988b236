export {
  RootLayout as default,
  rootMetadata as metadata,
  rootViewport as viewport,
} from '@/features/shell/ui/root-layout.tsx';
