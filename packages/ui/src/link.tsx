'use client';

import { type ComponentType, createContext, createElement, type ReactNode, type Ref, useContext } from 'react';

export interface LinkProps {
  readonly href: string;
  readonly className?: string | undefined;
  readonly children?: ReactNode;
  readonly 'aria-label'?: string | undefined;
  readonly 'aria-current'?: 'page' | undefined;
  readonly onClick?: () => void;
  readonly ref?: Ref<HTMLAnchorElement>;
}

type LinkComponent = ComponentType<LinkProps>;

function PlainLink({ children, ...props }: LinkProps) {
  return <a {...props}>{children}</a>;
}

const LinkContext = createContext<LinkComponent>(PlainLink);

/** Says which component follows links inside the application; the router's, in the portal. */
export function LinkProvider({ link, children }: { link: LinkComponent; children: ReactNode }) {
  return <LinkContext value={link}>{children}</LinkContext>;
}

/** A link within the application. */
export function Link(props: LinkProps) {
  return createElement(useContext(LinkContext), props);
}

/** A link in running text. */
export function TextLink({ className, ...props }: LinkProps) {
  return (
    <Link
      {...props}
      className={`text-accent-text underline decoration-line-strong underline-offset-3 hover:decoration-current ${className ?? ''}`}
    />
  );
}
