export { SignUpPage as default, signUpMetadata as metadata } from '@/features/identity/ui/sign-up-page.tsx';
