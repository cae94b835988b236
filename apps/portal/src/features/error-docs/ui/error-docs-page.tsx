import { REFUSAL_EXPLANATIONS } from '@parley/contracts/refusal-explanations';
import { FAULT_STATUS, type FaultCode } from '@parley/kernel/fault';
import { CodeBlock } from '@parley/ui/code-block';
import { PageHeader } from '@parley/ui/page';
import { ErrorEntry } from './error-entry.tsx';
import { FAULT_EXPLANATIONS } from './fault-explanations.ts';
import { REFUSAL_GROUPS } from './refusal-groups.ts';

export const errorDocsMetadata = {
  title: 'Errors',
  description: 'Every error the gateway and the management API answer with: what happened and what to do.',
};

const OPENAI_EXAMPLE = `HTTP/1.1 429 Too Many Requests
content-type: application/json
retry-after: 12
x-request-id: 01989c5e-7a54-7d3e-8f0a-2b1c4d5e6f70

{
  "error": {
    "message": "The plan’s request limit is used up for now. Wait …",
    "type": "rate_limit_error",
    "param": null,
    "code": "rate_limit_exceeded",
    "request_id": "01989c5e-7a54-7d3e-8f0a-2b1c4d5e6f70",
    "doc_url": "https://…/docs/errors#rate_limited"
  }
}`;

const PROBLEM_EXAMPLE = `HTTP/1.1 403 Forbidden
content-type: application/problem+json
x-request-id: 01989c5e-7a54-7d3e-8f0a-2b1c4d5e6f70

{
  "type": "https://…/docs/errors#not_subscribed",
  "title": "Your application is not subscribed to this API.",
  "status": 403,
  "detail": "Subscribe to it in the portal.",
  "code": "not_subscribed",
  "requestId": "01989c5e-7a54-7d3e-8f0a-2b1c4d5e6f70"
}`;

const FAULT_CODES = Object.keys(FAULT_STATUS) as FaultCode[];

/** The public list of errors. Each code is an anchor, which is where an error's own `type` leads. */
export function ErrorDocsPage() {
  return (
    <div className="mx-auto flex w-full max-w-6xl gap-12 px-4 py-10 md:px-8">
      <nav aria-label="On this page" className="sticky top-6 hidden h-fit w-44 shrink-0 lg:block">
        <ul className="flex flex-col gap-1 border-l text-sm">
          {[
            { id: 'form', title: 'What an error looks like' },
            ...REFUSAL_GROUPS,
            { id: 'management', title: 'Management API' },
          ].map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} className="block px-3 py-1 text-muted hover:text-text">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-1 flex-col gap-12 text-base">
        <PageHeader
          title="Errors"
          description="Every error has a code that never changes, a sentence for people and the id of the request. The code is what to program against; here is what each one means and what to do."
        />
        <section id="form" aria-labelledby="form-title" className="flex scroll-mt-6 flex-col gap-4">
          <h2 id="form-title" className="font-semibold text-lg">
            What an error looks like
          </h2>
          <p className="max-w-2xl text-muted">
            Under <code className="font-mono text-sm">/v1</code> errors come in the form that OpenAI clients expect, so
            that their own exception classes work (there, rate_limited reads rate_limit_exceeded, as with OpenAI).
            Everywhere else they are problem documents (RFC 9457). Quote the request id when you ask somebody: it finds
            the call in the request log.
          </p>
          <div className="grid min-w-0 gap-4 xl:grid-cols-2">
            <CodeBlock title="Under /v1" snippets={[{ label: 'Under /v1', code: OPENAI_EXAMPLE }]} />
            <CodeBlock title="Everywhere else" snippets={[{ label: 'Everywhere else', code: PROBLEM_EXAMPLE }]} />
          </div>
        </section>
        {REFUSAL_GROUPS.map((group) => (
          <Group key={group.id} {...group}>
            {group.codes.map((code) => (
              <ErrorEntry key={code} code={code} {...REFUSAL_EXPLANATIONS[code]} />
            ))}
          </Group>
        ))}
        <Group
          id="management"
          title="Management API"
          description="Answers of /api/v1, which scripts and the command line use."
        >
          {FAULT_CODES.map((code) => (
            <ErrorEntry key={code} code={code} status={FAULT_STATUS[code]} {...FAULT_EXPLANATIONS[code]} />
          ))}
        </Group>
      </div>
    </div>
  );
}

function Group({
  id,
  title,
  description,
  children,
}: {
  id: string;
  title: string;
  description: string;
  children: React.ReactNode;
}) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="flex scroll-mt-6 flex-col gap-4">
      <div>
        <h2 id={`${id}-title`} className="font-semibold text-lg">
          {title}
        </h2>
        <p className="text-muted">{description}</p>
      </div>
      <div className="divide-y rounded-md border">{children}</div>
    </section>
  );
}
