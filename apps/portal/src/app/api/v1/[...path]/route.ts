export {
  handleManagementCall as DELETE,
  handleManagementCall as GET,
  handleManagementCall as PATCH,
  handleManagementCall as POST,
  handleManagementCall as PUT,
} from '@/features/management-api/server/handlers.ts';
