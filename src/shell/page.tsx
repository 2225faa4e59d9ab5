import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

export interface PageProps {
  /** Heading of the page: the notebook's name. */
  readonly title: string;
  readonly bar: ComponentChildren;
  readonly outline?: ComponentChildren;
  readonly footer?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The page around the cells: skip link, bar, outline, one column, footer. */
export function Page({ title, bar, outline, footer, children }: PageProps) {
  const main = useRef<HTMLElement>(null);
  return (
    <>
      <a
        class="skip-link"
        href="#main"
        onClick={(event) => {
          // The address's hash belongs to share links.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the cells
      </a>
      {bar}
      <div class={outline ? 'page page-outlined' : 'page'}>
        {outline}
        <main ref={main} id="main" class="page-main" tabIndex={-1}>
          <h1 class="visually-hidden">{title}</h1>
          {children}
        </main>
      </div>
      {footer}
    </>
  );
}

export interface FooterProps {
  readonly version: string;
  /** Address of the licences, relative to the page. */
  readonly licences: string;
  readonly children?: ComponentChildren;
}

export function Footer({ version, licences, children }: FooterProps) {
  return (
    <footer class="footer">
      <p>Nothing is uploaded: traces are read, and models trained, on this machine.</p>
      <p>
        {`Gatecast ${version} · `}
        <a href={licences}>Licences</a>
        {children}
      </p>
    </footer>
  );
}
