export {
  SignInLinkPage as default,
  signInLinkMetadata as metadata,
} from '@/features/identity/ui/sign-in-link-page.tsx';
