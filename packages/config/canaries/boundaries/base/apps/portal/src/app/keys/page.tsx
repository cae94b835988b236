import { notFound } from 'next/navigation';
import { KeysPage } from '../../features/keys/ui/page.tsx';

export default function Page(): string {
  return KeysPage() || notFound();
}
