/** Row and enum types of the schema, for code that must not reach the client itself. */
export type { Prisma } from './generated/client.ts';
export type {
  ApiKind,
  ApiVersionState,
  ApprovalMode,
  InvitationState,
  SubscriptionState,
  Visibility,
} from './generated/enums.ts';
