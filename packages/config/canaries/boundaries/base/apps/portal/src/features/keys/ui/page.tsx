export const KeysPage = (): string => 'keys';
