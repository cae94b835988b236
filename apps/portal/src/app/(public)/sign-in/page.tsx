export { SignInPage as default, signInMetadata as metadata } from '@/features/identity/ui/sign-in-page.tsx';
