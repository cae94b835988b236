export { InvitationPage as default, invitationMetadata as metadata } from '@/features/identity/ui/invitation-page.tsx';
