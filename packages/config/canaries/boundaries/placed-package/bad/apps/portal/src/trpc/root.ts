import { getServerSession } from 'next-auth';

export const root = { getServerSession };
