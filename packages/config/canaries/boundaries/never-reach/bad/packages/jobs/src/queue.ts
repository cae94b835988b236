import { log } from '@parley/telemetry/logger';
import NextResponse from 'next/server';

export const enqueue: readonly unknown[] = [log, NextResponse];
