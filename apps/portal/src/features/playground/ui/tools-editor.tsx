'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { Plus, Trash2 } from 'lucide-react';
import { emptyTool, type Settings, type ToolDraft } from './conversation.ts';

interface Props {
  readonly tools: readonly ToolDraft[];
  readonly settings: Settings;
  readonly fault: FormFault | null;
  readonly onTools: (tools: readonly ToolDraft[]) => void;
  readonly onSettings: (settings: Settings) => void;
}

const CHOICES = [
  { value: '', label: 'The model decides' },
  { value: 'required', label: 'It must call one' },
  { value: 'none', label: 'It may call none' },
] as const;

/** Functions the model may call, each with the JSON Schema of its arguments. */
export function ToolsEditor({ tools, settings, fault, onTools, onSettings }: Props) {
  const change = (at: number, part: Partial<ToolDraft>): void =>
    onTools(tools.map((tool, index) => (index === at ? { ...tool, ...part } : tool)));
  return (
    <div className="flex flex-col gap-4">
      {tools.map((tool, at) => (
        <div
          key={tool.key}
          role="group"
          aria-label={`Tool ${at + 1}`}
          className="flex flex-col gap-3 rounded-md border bg-surface p-3"
        >
          <div className="flex items-start gap-2">
            <Field label="Name" className="flex-1" error={issueOf(fault, `tools.${at}.name`)}>
              <Input
                className="font-mono"
                spellCheck={false}
                placeholder="get_weather"
                value={tool.name}
                onChange={(event) => change(at, { name: event.target.value })}
              />
            </Field>
            <span className="pt-6.5">
              <IconButton
                label={`Remove tool ${at + 1}`}
                onClick={() => onTools(tools.filter(({ key }) => key !== tool.key))}
              >
                <Trash2 />
              </IconButton>
            </span>
          </div>
          <Field label="What it does" optional>
            <Input value={tool.description} onChange={(event) => change(at, { description: event.target.value })} />
          </Field>
          <Field label="Arguments as JSON Schema" error={issueOf(fault, `tools.${at}.parameters`)}>
            <Textarea
              className="font-mono text-xs leading-5"
              spellCheck={false}
              rows={Math.min(14, Math.max(4, tool.parameters.split('\n').length))}
              value={tool.parameters}
              onChange={(event) => change(at, { parameters: event.target.value })}
            />
          </Field>
        </div>
      ))}
      {tools.length > 0 && (
        <Field label="When they are called">
          <Select
            value={settings.toolChoice}
            options={CHOICES}
            onChange={(event) => onSettings({ ...settings, toolChoice: event.target.value as Settings['toolChoice'] })}
          />
        </Field>
      )}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        onClick={() => onTools([...tools, emptyTool()])}
      >
        Add tool
      </Button>
    </div>
  );
}
