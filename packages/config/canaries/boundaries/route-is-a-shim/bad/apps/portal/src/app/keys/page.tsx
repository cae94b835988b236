import { total } from '@parley/services/usage';

export default function Page(): string {
  return String(total());
}
