'use client';

import { Sheet } from '@parley/ui/sheet';
import { useState } from 'react';
import type { ModelDraft } from './model-sheet.tsx';
import { OTHER, type Preset } from './presets.ts';
import { ProviderForm } from './provider-form.tsx';
import { ProviderPicker } from './provider-picker.tsx';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAddModel: (draft: ModelDraft) => void;
  /** Opens the catalogue for a provider just added. */
  readonly onCatalogue: (provider: string) => void;
}

/** Leads from a provider's name over its address and key to a real test call, and on to its first models. */
export function AddProviderSheet({ open, onClose, onAddModel, onCatalogue }: Props) {
  const [preset, setPreset] = useState<Preset | null>(null);
  const close = (): void => {
    setPreset(null);
    onClose();
  };
  return (
    <Sheet
      open={open}
      onOpenChange={close}
      title={preset ? `Add ${preset === OTHER ? 'a provider' : preset.name}` : 'Add a provider'}
      description={preset ? preset.about : 'Where do your models run?'}
    >
      {preset ? (
        <ProviderForm
          preset={preset}
          onBack={() => setPreset(null)}
          onClose={close}
          onAddModel={(draft) => {
            close();
            onAddModel(draft);
          }}
          onCatalogue={(provider) => {
            close();
            onCatalogue(provider);
          }}
        />
      ) : (
        <ProviderPicker onPick={setPreset} />
      )}
    </Sheet>
  );
}
