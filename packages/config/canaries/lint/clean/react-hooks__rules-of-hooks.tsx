import { useState } from 'react';

export function Box(): string {
  const [one] = useState('box');
  return one;
}
